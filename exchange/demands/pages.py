"""The demand board's pages: the board, one demand, and the form; each button is one verb of the service."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from exchange import participants
from exchange.catalogue import labels
from exchange.catalogue.search.question import terms_of
from exchange.catalogue.search.wording import words_of
from exchange.core.errors import DomainError, NotPermitted
from exchange.core.i18n import gettext, speaks_chinese
from exchange.core.requests import get_session, now
from exchange.demands import matching, queries, service
from exchange.demands.forms import RISK_HINTS, read_form, values_of
from exchange.demands.queries import PAGE, DemandCard
from exchange.participants import Actor
from exchange.participants.access import current_actor, public, requires
from exchange.participants.actors import BUYER, OPERATOR, PROVIDER

blueprint = Blueprint("demands", __name__, url_prefix="/demands", template_folder="templates")
_CARDS = 6


@blueprint.get("/")
@public
def show_board() -> str:
    """The demands on the board; what fits a provider's listings stands first on its own."""
    session, actor = get_session(), g.get("actor")
    after = request.args.get("after") or None
    view = request.args.get("view", "") if actor else ""
    chosen: dict[str, Any] = {"mine": view == "mine", "state": "pending" if view == "pending" else None}
    shown = queries.find_demands(session, actor=actor, after=after, limit=PAGE + 1, **chosen)
    fitting = (
        matching.find_fitting_demands(session, actor=actor, now=now())
        if actor and actor.has_role(PROVIDER) and not view and not after
        else []
    )
    return render_template(
        "demands/board.html",
        demands=shown[:PAGE],
        next_after=shown[PAGE - 1].id if len(shown) > PAGE else None,
        fitting=fitting[:_CARDS],
        view=view,
        may_post=actor is not None and actor.has_role(BUYER),
        labels=labels,
    )


@blueprint.get("/new")
@requires(BUYER)
def draft_demand() -> str:
    """The form of a new demand, its title from a search that found nothing."""
    return _form({"title_zh": request.args.get("title", ""), "title_en": request.args.get("title", "")})


@blueprint.post("/")
@requires(BUYER)
def post_demand() -> Any:
    """Write a demand and ask for its review."""
    return _written(lambda content: service.write_demand(
        get_session(), actor=current_actor(), content=content, now=now()
    ))  # fmt: skip


@blueprint.get("/<demand_id>/edit")
@requires(BUYER)
def edit_demand(demand_id: str) -> str:
    """The form of a draft."""
    demand = queries.get_demand(get_session(), demand_id, actor=current_actor())
    return _form(values_of(demand.content), demand_id=demand_id)


@blueprint.post("/<demand_id>/edit")
@requires(BUYER)
def rewrite_demand(demand_id: str) -> Any:
    """Write a draft anew and ask for its review."""
    return _written(lambda content: service.rewrite_demand(
        get_session(), actor=current_actor(), demand_id=demand_id, content=content, now=now()
    ), demand_id=demand_id)  # fmt: skip


@blueprint.get("/<demand_id>")
@public
def show_demand(demand_id: str) -> str:
    """One demand: what is needed, what fits it, and what the reader may do about it."""
    return _demand_page(demand_id)


@blueprint.post("/<demand_id>/<verb>")
@requires()
def act_on_demand(demand_id: str, verb: str) -> Any:
    """Do what a button of the page says; a refusal stands on the page."""
    action = _VERBS.get(verb)
    if action is None:
        raise NotPermitted("there is no such button")
    run, done = action
    try:
        run(get_session(), actor=current_actor(), demand_id=demand_id, now=now())
    except DomainError as refusal:
        return _demand_page(demand_id, errors=[_sentence(refusal)]), 422
    flash(done(), "success")
    return redirect(url_for("demands.show_demand", demand_id=demand_id), 303)


def demands_part(session: Session, *, actor: Actor) -> dict[str, Any] | None:
    """The section of the start page: what waits for the actor on the board."""
    if actor.has_role(OPERATOR):
        waiting = queries.find_demands(session, actor=actor, state="pending", limit=_CARDS)
        return _section(gettext("Demands to review"), waiting, "pending")
    mine = queries.find_demands(session, actor=actor, mine=True, limit=PAGE)
    own = [item for item in mine if item.organisation_id == actor.organisation_id]
    return _section(gettext("Your demands"), own[:_CARDS], "mine")


def event_words() -> dict[str, str]:
    """The board's event types in words, for the page of the log."""
    return {
        "demand.written": gettext("A buyer wrote a demand"),
        "demand.submitted": gettext("The buyer submitted the demand for review"),
        "demand.reviewed": gettext("The operator reviewed the demand"),
        "demand.claimed": gettext("A provider claimed the demand"),
        "demand.confirmed": gettext("The buyer confirmed the claim"),
        "demand.claim_declined": gettext("The buyer declined the claim"),
        "demand.withdrawn": gettext("The buyer withdrew the demand"),
        "demand.expired": gettext("The demand expired"),
        "demand.unclaimed": gettext("Nobody claimed the demand for seven days"),
        "demand.intervened": gettext("The operator stepped in for the demand"),
        "demand.negotiated": gettext("The demand led to a negotiation"),
        "demand.contracted": gettext("The demand led to an agreement"),
    }


def subject_url(subject: str) -> str | None:
    """Where a demand that an event of the log is about has its page."""
    return url_for("demands.show_demand", demand_id=subject) if subject.startswith("dem_") else None


@blueprint.app_template_global()
def demand_state_label(state: str) -> str:
    """The state of a demand in words."""
    return {
        "draft": gettext("Draft"),
        "pending": gettext("In review"),
        "open": gettext("Open"),
        "operator_intervened": gettext("Operator helps"),
        "claimed": gettext("Claimed"),
        "confirmed": gettext("Confirmed"),
        "contracted": gettext("Contracted"),
        "withdrawn": gettext("Withdrawn"),
        "expired": gettext("Expired"),
    }.get(state, state)


@blueprint.app_template_global()
def demand_state_tone(state: str) -> str:
    """The colour of a demand's state."""
    return {
        "pending": "warning",
        "open": "info",
        "operator_intervened": "warning",
        "claimed": "info",
        "confirmed": "good",
        "contracted": "good",
    }.get(state, "neutral")


@blueprint.app_template_global()
def code_words(facet: str, code: str | None) -> str:
    """A code of the catalogue in the reader's words."""
    words = words_of(facet, code or "")
    return (words.zh if speaks_chinese() else words.en) or "–"


@blueprint.app_template_global()
def demand_title(demand: DemandCard) -> str:
    """What is needed, in the reader's language."""
    return str(demand.content["title_zh" if speaks_chinese() else "title_en"])


def _demand_page(demand_id: str, *, errors: list[str] | None = None) -> str:
    session, actor = get_session(), g.get("actor")
    demand = queries.get_demand(session, demand_id, actor=actor)
    claims = queries.find_claims(session, demand, actor=actor)
    return render_template(
        "demands/demand.html",
        demand=demand,
        errors=errors or [],
        form=request.form,
        buyer=participants.get_organisation_card(session, demand.organisation_id),
        claims=[
            (claim, participants.get_organisation_card(session, claim.provider_id)) for claim in claims
        ],
        listings=matching.find_fitting_listings(session, demand, actor=actor, now=now()) if actor else [],
        risks=[(hint[0], demand.content["risks"][name]) for name, hint in RISK_HINTS().items()],
        may=_allowed(demand, actor),
        terms=terms_of(demand.content["title_zh"]),
        labels=labels,
    )


def _allowed(demand: DemandCard, actor: Actor | None) -> set[str]:
    """The buttons the reader sees; the service decides once more."""
    if actor is None:
        return set()
    if actor.organisation_id == demand.organisation_id:
        by_state = {"draft": {"edit", "withdraw"}, "claimed": {"confirm", "decline", "withdraw"}}
        waiting = {"pending", "open", "operator_intervened"}
        return by_state.get(demand.state, {"withdraw"} if demand.state in waiting else set())
    allowed = set()
    if actor.has_role(PROVIDER) and demand.state in {"open", "operator_intervened"}:
        allowed.add("claim")
    if actor.has_role(OPERATOR):
        allowed |= {"review"} if demand.state == "pending" else set()
        allowed |= {"intervene"} if demand.state == "open" and demand.unclaimed_at else set()
    return allowed


def _form(
    values: dict[str, Any], *, errors: dict[str, str] | None = None, demand_id: str | None = None
) -> str:
    return render_template(
        "demands/form.html",
        values=values,
        errors=errors or {},
        demand_id=demand_id,
        risk_hints=RISK_HINTS(),
        labels=labels,
    )


def _written(write: Callable[[dict[str, Any]], Any], *, demand_id: str | None = None) -> Any:
    content, errors = read_form(request.form)
    if not errors:
        try:
            demand = write(content)
            get_session().flush()  # the next verb reads the row
            service.submit_demand(get_session(), actor=current_actor(), demand_id=demand.id, now=now())
        except DomainError as refusal:
            errors = {refusal.field or "": _sentence(refusal)}
        else:
            flash(gettext("The demand is submitted for review."), "success")
            return redirect(url_for("demands.show_demand", demand_id=demand.id), 303)
    return _form(dict(request.form), errors=errors, demand_id=demand_id), 422


def _section(title: str, demands: list[DemandCard], view: str) -> dict[str, Any] | None:
    if not demands:
        return None
    return {
        "title": title,
        "more_url": url_for("demands.show_board", view=view),
        "cards": [
            {
                "title": demand_title(item),
                "url": url_for("demands.show_demand", demand_id=item.id),
                "kicker": labels.sector_label(item.content["sector"]),
                "badge": demand_state_label(item.state),
                "tone": demand_state_tone(item.state),
            }
            for item in demands
        ],
    }


def _sentence(refusal: DomainError) -> str:
    return f"{refusal.detail.rstrip('.')}. {refusal.remedy or ''}".strip()


def _text(name: str) -> str:
    return request.form.get(name, "").strip()


def _claim(session: Session, **arguments: Any) -> None:
    service.claim_demand(
        session, message=_text("message"), listing_id=_text("listing_id") or None, **arguments
    )


def _review(session: Session, **arguments: Any) -> None:
    service.review_demand(session, decision=_text("decision"), reason=_text("reason"), **arguments)


def _decline(session: Session, **arguments: Any) -> None:
    service.decline_claim(session, reason=_text("reason"), **arguments)


def _withdraw(session: Session, **arguments: Any) -> None:
    service.withdraw_demand(session, reason=_text("reason"), **arguments)


def _intervene(session: Session, **arguments: Any) -> None:
    service.intervene(session, note=_text("note"), **arguments)


#: Per button: the verb, and what the page says when it is done.
_VERBS: dict[str, tuple[Callable[..., Any], Callable[[], str]]] = {
    "claim": (_claim, lambda: gettext("The buyer is told that you can fulfil the demand.")),
    "confirm": (service.confirm_claim, lambda: gettext("The claim is confirmed; now ask for the data.")),
    "decline": (_decline, lambda: gettext("The demand is on the board again.")),
    "withdraw": (_withdraw, lambda: gettext("The demand is withdrawn.")),
    "review": (_review, lambda: gettext("The decision is recorded.")),
    "intervene": (_intervene, lambda: gettext("The demand shows that you help.")),
}
