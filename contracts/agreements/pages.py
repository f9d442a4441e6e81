"""The deals' pages: the list, and one deal with its parties, terms, signatures and story."""

from typing import Any

from flask import Blueprint, render_template, url_for
from flask_babel import get_locale
from sqlalchemy.orm import Session

from contracts.agreements import queries
from contracts.agreements.models import AgreementState
from contracts.agreements.story import tell_story
from exchange import datasets
from exchange.catalogue.labels import price_words, sector_label
from exchange.catalogue.pages import sample_charts
from exchange.context import get_context
from exchange.core.i18n import gettext
from exchange.core.requests import get_session
from exchange.participants import Actor
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("deals", __name__, url_prefix="/deals", template_folder="templates")


@blueprint.get("/")
@requires()
def show_deals() -> str:
    """The deals the person may see."""
    deals = queries.find_agreements(get_session(), actor=current_actor())
    return render_template("agreements/deals.html", deals=deals, sector_label=sector_label)


@blueprint.get("/<agreement_id>")
@requires()
def show_deal(agreement_id: str) -> str:
    """One deal from its listing to its last statement."""
    session, parts = get_session(), get_context().page_parts
    deal = queries.get_agreement_card(session, agreement_id, actor=current_actor())
    revision = datasets.get_revision_card(session, deal.terms.revision_id)
    return render_template(
        "agreements/deal.html",
        deal=deal,
        story=tell_story(session, deal, parts.get("deal.timeline", ())),
        usage=[part(session, deal) for part in parts.get("deal.usage", ())],
        charts=sample_charts(revision, most=1),
        signatures=queries.signatures_of(session, agreement_id),
        price_words=price_words,
        sector_label=sector_label,
    )


def deals_part(session: Session, *, actor: Actor) -> dict[str, Any] | None:
    """The deals' section of the start page."""
    deals = queries.find_agreements(session, actor=actor)
    if not deals:
        return None
    zh = str(get_locale()).startswith("zh")
    return {
        "title": gettext("Deals"),
        "cards": [
            {
                "title": deal.terms.document["subject"]["title_zh" if zh else "title_en"],
                "url": url_for("deals.show_deal", agreement_id=deal.id),
                "text": sector_label(deal.terms.document["subject"]["sector"]),
                "badge": state_label(deal.state),
                "tone": "good" if deal.state == AgreementState.ACTIVE else "warning",
            }
            for deal in deals[:12]
        ],
    }


@blueprint.app_template_global()
def state_label(state: str) -> str:
    """The state of an agreement in words."""
    return {
        AgreementState.ACTIVE: gettext("Signed by all"),
        AgreementState.AWAITING_SIGNATURES: gettext("Waiting for signatures"),
    }.get(AgreementState(state), state)
