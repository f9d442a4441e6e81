"""The negotiations' pages: the list, and one with its draft as clauses, its red lines and its rounds."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from contracts.negotiations import forms, queries, service
from contracts.negotiations.forms import Listed
from contracts.negotiations.models import Negotiation
from contracts.negotiations.rounds import Proposal, house_rules
from contracts.negotiations.turns import OPEN, PROPOSALS, roles_of
from exchange import catalogue, participants
from exchange.context import get_context
from exchange.core.errors import DomainError, NotFound, NotPermitted
from exchange.core.i18n import gettext, speaks_chinese
from exchange.core.requests import get_session, now
from exchange.participants import Actor
from exchange.participants.access import current_actor, requires
from exchange.pricing.words import price_words

blueprint = Blueprint(
    "negotiation_pages", __name__, url_prefix="/negotiations", template_folder="templates"
)
_CARDS = 6
_PAGE = 50


@blueprint.get("/")
@requires()
def show_negotiations() -> str:
    """The negotiations the person may see."""
    session, actor = get_session(), current_actor()
    after = request.args.get("after") or None
    found = queries.find_negotiations(session, actor=actor, after=after, limit=_PAGE + 1)
    return render_template(
        "negotiations/negotiations.html",
        rows=[_row(session, item) for item in found[:_PAGE]],
        next_after=found[_PAGE - 1].id if len(found) > _PAGE else None,
    )


@blueprint.get("/<negotiation_id>")
@requires()
def show_negotiation(negotiation_id: str) -> str:
    """One negotiation: the draft, what changed last, the rounds, and what the reader may do."""
    return _page(negotiation_id)


@blueprint.post("/<negotiation_id>/<step>")
@requires()
def take_step(negotiation_id: str, step: str) -> Any:
    """Do what a button of the page says; a refusal stands on the page."""
    session, actor = get_session(), current_actor()
    named = {"actor": actor, "negotiation_id": negotiation_id, "now": now()}
    try:
        _take(session, step, named)
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(negotiation_id, refusal), 422
    flash(gettext("Done; the other party sees it now."), "success")
    return redirect(url_for("negotiation_pages.show_negotiation", negotiation_id=negotiation_id), 303)


def negotiations_part(session: Session, *, actor: Actor) -> dict[str, Any] | None:
    """The section of the start page: open negotiations, those where it is the actor's turn first."""
    found = [
        item for item in queries.find_negotiations(session, actor=actor, limit=_PAGE) if item.state in OPEN
    ]
    if not found:
        return None
    found.sort(key=lambda item: not _is_turn_of(actor, item))
    return {
        "title": gettext("Open negotiations"),
        "more_url": url_for("negotiation_pages.show_negotiations") if len(found) > _CARDS else None,
        "cards": [_card(session, item, actor) for item in found[:_CARDS]],
    }


def subject_url(subject: str) -> str | None:
    """Where a negotiation that an event of the log is about has its page."""
    if not subject.startswith("neg_"):
        return None
    return url_for("negotiation_pages.show_negotiation", negotiation_id=subject)


@blueprint.app_template_global()
def negotiation_state_label(state: str) -> str:
    """The state of a negotiation in words."""
    return {
        "requested": gettext("Requested: the provider's turn"),
        "offered": gettext("Offered: the buyer's turn"),
        "countered": gettext("Countered: the provider's turn"),
        "agreed": gettext("Agreed"),
        "declined": gettext("Declined"),
        "withdrawn": gettext("Withdrawn"),
        "expired": gettext("Expired"),
    }.get(state, state)


@blueprint.app_template_global()
def negotiation_state_tone(state: str) -> str:
    """The colour of a negotiation's state."""
    return {"agreed": "good", "requested": "info", "offered": "info", "countered": "info"}.get(
        state, "neutral"
    )


@blueprint.app_template_global()
def round_label(kind: str) -> str:
    """The kind of a round in words."""
    return {
        "request": gettext("Request"),
        "offer": gettext("Offer"),
        "counter_offer": gettext("Counter-offer"),
        "acceptance": gettext("Acceptance"),
        "declined": gettext("Refusal"),
        "withdrawn": gettext("Withdrawal"),
    }.get(kind, kind)


def _take(session: Session, step: str, named: dict[str, Any]) -> None:
    house = house_rules(get_context().settings)
    if step == "acceptance":
        service.accept_offer(session, house=house, **named)
    elif step == "end":
        service.end_negotiation(session, reason=request.form.get("reason", "").strip() or "–", **named)
    elif step in {"offer", "counter_offer"}:
        negotiation = queries.get_negotiation(session, named["negotiation_id"], actor=named["actor"])
        changes = _read_changes(session, negotiation)
        verb = service.offer_terms if step == "offer" else service.counter_offer
        proposal = Proposal(request.form.get("message", "").strip()[:1000])
        verb(session, changes=changes, house=house, proposal=proposal, **named)
    else:
        raise NotPermitted("there is no such button")


def _read_changes(session: Session, negotiation: Negotiation) -> dict[str, Any]:
    """What the form says otherwise than the last draft; a chosen price plan is taken from the listing."""
    draft = queries.last_proposal(queries.find_rounds(session, negotiation.id)).content
    content = _listed_content(session, negotiation)
    changes = forms.read_changes(request.form, forms.groups_of(draft, Listed.of(content)), draft)
    plans = {entry["code"]: entry["plan"] for entry in content["price_plans"]}
    if (code := request.form.get("plan", "")) in plans:
        changes["price_plan"] = plans[code]
    return changes


def _listed_content(session: Session, negotiation: Negotiation) -> dict[str, Any]:
    listing = catalogue.get_version_card(session, negotiation.listing_id, negotiation.listing_version)
    return listing.content


def _page(negotiation_id: str, refusal: DomainError | None = None) -> str:
    session, actor = get_session(), current_actor()
    negotiation = queries.get_negotiation(session, negotiation_id, actor=actor)
    rounds = queries.find_rounds(session, negotiation_id)
    language = "zh" if speaks_chinese() else "en"
    chosen = request.args.get("round", type=int)
    proposals = [item for item in rounds if item.kind in PROPOSALS]
    content = _listed_content(session, negotiation)
    groups = forms.groups_of(proposals[-1].content, Listed.of(content))
    faults, errors = ({}, []) if refusal is None else forms.faults_of_fields(refusal)
    last = chosen if chosen in [item.number for item in proposals] else proposals[-1].number
    return render_template(
        "negotiations/negotiation.html",
        negotiation=negotiation,
        row=_row(session, negotiation),
        rounds=rounds,
        shown=last,
        names=_names(session, negotiation),
        clauses=queries.read_clauses(session, negotiation, round_number=last, language=language),
        comparison=queries.compare_rounds(session, negotiation, before=None, after=last, language=language),
        may=_steps_of(actor, negotiation),
        groups=forms.refilled(request.form, groups) if refusal else groups,
        plans=[(entry["code"], price_words(entry["plan"])) for entry in content["price_plans"]],
        faults=faults,
        errors=errors,
    )


def _steps_of(actor: Actor, negotiation: Negotiation) -> set[str]:
    """The buttons that the reader sees; the service decides once more."""
    mine = {
        role
        for role in ("provider", "buyer")
        if getattr(negotiation, f"{role}_id") == actor.organisation_id
    }
    steps = ("offer", "counter_offer", "acceptance", "end")
    return {step for step in steps if mine & set(roles_of(negotiation.state, step))}


def _is_turn_of(actor: Actor, negotiation: Negotiation) -> bool:
    return bool(_steps_of(actor, negotiation) - {"end"})


def _names(session: Session, negotiation: Negotiation) -> dict[str, str]:
    cards = participants.find_organisation_cards(session, [negotiation.provider_id, negotiation.buyer_id])
    return {card.id: card.name_zh if speaks_chinese() else card.name_en for card in cards}


def _title(session: Session, negotiation: Negotiation) -> str:
    return str(_listed_content(session, negotiation)["title_zh" if speaks_chinese() else "title_en"])


def _row(session: Session, negotiation: Negotiation) -> dict[str, Any]:
    names = _names(session, negotiation)
    return {
        "id": negotiation.id,
        "title": _title(session, negotiation),
        "parties": f"{names[negotiation.provider_id]} → {names[negotiation.buyer_id]}",
        "state": negotiation.state,
        "expires_at": negotiation.expires_at,
        "requested_at": negotiation.requested_at,
    }


def _card(session: Session, negotiation: Negotiation, actor: Actor) -> dict[str, Any]:
    row = _row(session, negotiation)
    return {
        "title": row["title"],
        "url": url_for("negotiation_pages.show_negotiation", negotiation_id=negotiation.id),
        "kicker": gettext("Your turn") if _is_turn_of(actor, negotiation) else "",
        "text": row["parties"],
        "badge": negotiation_state_label(negotiation.state),
        "tone": negotiation_state_tone(negotiation.state),
    }
