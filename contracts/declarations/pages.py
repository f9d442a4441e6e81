"""The form on a deal's page with which the buyer declares its revenue."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from contracts import agreements
from contracts.declarations import service
from contracts.declarations.forms import errors_of, read_form
from contracts.declarations.parts import revenue_of_deal
from exchange.context import get_context
from exchange.core.errors import DomainError, NotFound, NotPermitted
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import BUYER

blueprint = Blueprint("declaration_pages", __name__, url_prefix="/deals", template_folder="templates")


@blueprint.post("/<agreement_id>/revenue-declarations")
@requires(BUYER)
def declare_revenue(agreement_id: str) -> Any:
    """Declare what the form says; a refusal stands beside its field."""
    content, errors = read_form(request.form)
    if errors:
        return _form(agreement_id, errors), 422
    try:
        service.declare_revenue(
            get_session(),
            actor=current_actor(),
            agreement_id=agreement_id,
            exchange_key=get_context().signing_key,
            now=now(),
            **content,
        )
    except (NotFound, NotPermitted):
        raise
    except DomainError as refusal:
        return _form(agreement_id, errors_of(refusal)), 422
    flash(gettext("The revenue is declared."), "success")
    return redirect(url_for("deals.show_deal", agreement_id=agreement_id, _anchor="revenue"), 303)


def _form(agreement_id: str, errors: dict[str, str]) -> str:
    session, actor = get_session(), current_actor()
    deal = agreements.get_agreement_card(session, agreement_id, actor=actor)
    return render_template(
        "declarations/declare.html",
        deal=deal,
        revenue=revenue_of_deal(session, deal, actor=actor, now=now()),
        values=request.form,
        errors=errors,
    )
