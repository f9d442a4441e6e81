"""Mail over HTTP."""

from typing import Any

from flask_smorest import Blueprint

from exchange.core.requests import get_session, now
from exchange.messages.mail import service
from exchange.messages.mail.schemas import ChooseMailSchema, MailChoiceSchema
from exchange.participants.access import current_actor, requires

blueprint = Blueprint(
    "mail_choice", __name__, url_prefix="/api/v1/mail-choice", description="What you get by mail"
)


@blueprint.get("")
@requires()
@blueprint.response(200, MailChoiceSchema)
def get_mail_choice() -> Any:
    """Show what you get by mail"""
    return service.get_choice(get_session(), actor=current_actor())


@blueprint.post("")
@requires()
@blueprint.arguments(ChooseMailSchema)
@blueprint.response(200, MailChoiceSchema)
def choose_mail(choice: dict[str, Any]) -> Any:
    """Choose what you get by mail"""
    return service.choose_mail(get_session(), actor=current_actor(), now=now(), **choice)
