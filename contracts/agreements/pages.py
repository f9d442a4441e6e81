"""The deals' pages: the list, and one deal with its parties, terms, signatures and story."""

from typing import Any

from flask import Blueprint, render_template, url_for
from sqlalchemy.orm import Session

from contracts.agreements import queries
from contracts.agreements.life.pages import life_part
from contracts.agreements.models import AgreementState
from contracts.agreements.queries import AgreementCard
from contracts.agreements.story import signing_times, tell_story
from contracts.terms.clauses import clauses_of, title_of
from exchange import catalogue, datasets
from exchange.catalogue import labels
from exchange.catalogue.disclosure.view import public_charts
from exchange.context import get_context
from exchange.core.i18n import gettext, speaks_chinese
from exchange.core.requests import get_session, now
from exchange.participants import Actor
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("deals", __name__, url_prefix="/deals", template_folder="templates")
_CARDS = 12
_NOTICES_SHOWN = 6


@blueprint.get("/")
@requires()
def show_deals() -> str:
    """The deals the person may see."""
    deals = queries.find_agreements(get_session(), actor=current_actor())
    return render_template("agreements/deals.html", deals=deals, labels=labels)


@blueprint.get("/<agreement_id>")
@requires()
def show_deal(agreement_id: str) -> str:
    """One deal from its listing to its last statement."""
    session, parts = get_session(), get_context().page_parts
    deal = queries.get_agreement_card(session, agreement_id, actor=current_actor())
    listing = catalogue.get_version_card(
        session, deal.listing_id, deal.terms.document["subject"]["listing_version"]
    )
    language = "zh" if speaks_chinese() else "en"
    return render_template(
        "agreements/deal.html",
        deal=deal,
        story=tell_story(session, deal, parts.get("deal.timeline", ())),
        usage=[part(session, deal) for part in parts.get("deal.usage", ())],
        revenue=[
            part(session, deal, actor=current_actor(), now=now()) for part in parts.get("deal.revenue", ())
        ],
        bills=[part(session, deal.id) for part in parts.get("deal.bills", ())],
        charts=public_charts(session, listing, now=now()),
        signed_at=signing_times(session, deal),
        revocation=datasets.find_revocations(session, [deal.terms.revision_id]).get(deal.terms.revision_id),
        notices=datasets.find_notices(
            session, actor=current_actor(), dataset_id=deal.terms.dataset_id, limit=_NOTICES_SHOWN
        ),
        lived=life_part(session, agreement_id, actor=current_actor(), at=now()),
        labels=labels,
        may_renew=deal.executed_at is not None
        and current_actor().organisation_id in {deal.provider_id, deal.buyer_id},
        contract_kind=title_of(deal.terms.document, language),
        clauses=clauses_of(deal.terms.document, language),
    )


def deals_part(session: Session, *, actor: Actor) -> dict[str, Any] | None:
    """The deals' section of the start page."""
    deals = queries.find_agreements(session, actor=actor)
    if not deals:
        return None
    return {
        "title": gettext("Deals"),
        "more_url": url_for("deals.show_deals") if len(deals) > _CARDS else None,
        "cards": [_card(deal, actor) for deal in deals[:_CARDS]],
    }


def deals_of_listing(session: Session, *, actor: Actor, listing_id: str) -> dict[str, Any] | None:
    """The actor's deals on a listing, for its page."""
    deals = [
        deal for deal in queries.find_agreements(session, actor=actor) if deal.listing_id == listing_id
    ]
    if not deals:
        return None
    return {
        "title": gettext("Deals on this listing"),
        "cards": [_card(deal, actor) for deal in deals[:_CARDS]],
    }


def subject_url(subject: str) -> str | None:
    """Where the thing that an event of the log is about has its page."""
    return url_for("deals.show_deal", agreement_id=subject) if subject.startswith("agr_") else None


@blueprint.app_template_global()
def state_label(deal: AgreementCard) -> str:
    """The state of an agreement in words."""
    if deal.state != AgreementState.ACTIVE:
        return gettext("Waiting for signatures")
    return gettext("In force") if now() < deal.ends_at else gettext("Ended")


@blueprint.app_template_global()
def state_tone(deal: AgreementCard) -> str:
    """The colour of an agreement's state."""
    if deal.state != AgreementState.ACTIVE:
        return "warning"
    return "good" if now() < deal.ends_at else "neutral"


@blueprint.app_template_global()
def deal_title(deal: AgreementCard) -> str:
    """What the deal is about, in the reader's language."""
    return str(deal.terms.document["subject"]["title_zh" if speaks_chinese() else "title_en"])


@blueprint.app_template_global()
def party_name(deal: AgreementCard, role: str) -> str:
    """A signatory as the terms name it, in the reader's language."""
    party = deal.terms.party(role)
    return party.name_zh if speaks_chinese() else party.name_en


def _card(deal: AgreementCard, actor: Actor) -> dict[str, Any]:
    others = [
        role for role in ("provider", "buyer") if getattr(deal, f"{role}_id") != actor.organisation_id
    ]
    return {
        "title": deal_title(deal),
        "url": url_for("deals.show_deal", agreement_id=deal.id),
        "kicker": labels.sector_label(deal.terms.document["subject"]["sector"]),
        "text": " → ".join(party_name(deal, role) for role in others),
        "badge": state_label(deal),
        "tone": state_tone(deal),
    }
