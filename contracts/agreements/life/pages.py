"""The life of an agreement on its deal's page, and the authorities' page of states and orders."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from contracts.agreements import queries as agreements
from contracts.agreements.life import orders, queries, reading, steps
from contracts.agreements.life.course import ENDINGS
from contracts.agreements.life.queries import AGREEMENT, ORGANISATION
from contracts.agreements.life.schemas import CONTENTS
from contracts.agreements.life.standing import LifeState, effects_of
from contracts.agreements.life.words import (
    TONES,
    effect_lines,
    reason_words,
    role_word,
    state_word,
    step_word,
    way_of,
)
from exchange.core.clock import SHANGHAI
from exchange.core.errors import DomainError, Invalid, NotFound
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants import Actor
from exchange.participants.access import current_actor, requires
from exchange.participants.actors import OPERATOR, REGULATOR

blueprint = Blueprint("lives", __name__, url_prefix="/deals", template_folder="templates")
_PAGE = 50


def life_part(session: Session, agreement_id: str, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the deal's page shows of its life: the line of states, the countdown, what was done and may be."""
    life = reading.get_life(session, agreement_id, actor=actor, at=at)
    return {
        "life": life,
        "way": way_of(life),
        "state": state_word(life.state),
        "tone": TONES.get(life.state, "neutral"),
        "reason": reason_words(life),
        "effects": effect_lines(life.effects),
        "may_order": actor.has_role(OPERATOR, REGULATOR),
        "lifts": {order.id for order in life.orders if order.authority_id == actor.organisation_id},
        "role_word": role_word,
        "step_word": step_word,
    }


@blueprint.get("/states")
@requires()
def show_states() -> str:
    """Agreements by where they stand; for the authorities with their orders."""
    session, actor = get_session(), current_actor()
    asked = request.args.get("state", "")
    state = asked if asked in set(LifeState) else None
    found = reading.find_lives(
        session,
        actor=actor,
        state=state,
        after=request.args.get("after") or None,
        limit=_PAGE,
        at=now(),
    )
    cards = [agreements.get_agreement_card(session, life.agreement_id, actor=actor) for life in found]
    standing = (
        queries.find_all_orders(session, standing_at=now(), limit=queries.MOST_ORDERS)
        if actor.oversees
        else []
    )
    return render_template(
        "life/states.html",
        rows=list(zip(cards, found, strict=True)),
        state=state,
        states=[(item.value, state_word(item)) for item in LifeState],
        next_after=found[-1].agreement_id if len(found) == _PAGE else None,
        orders=standing,
        lifts=actor.organisation_id,
        may_order=actor.has_role(OPERATOR, REGULATOR),
        state_word=state_word,
        tones=TONES,
        role_word=role_word,
    )


@blueprint.post("/<agreement_id>/steps/<step>")
@requires()
def take_step(agreement_id: str, step: str) -> Any:
    """Do what a button says; what ends the agreement is shown first and asked once more."""
    session, actor = get_session(), current_actor()
    try:
        named = {
            "actor": actor,
            "agreement_id": agreement_id,
            "step": step,
            "content": _read_content(step),
            "now": now(),
        }
        if step in {*ENDINGS, "consent"} and "confirmed" not in request.form:
            course = steps.preview_step(session, **named)
            return _confirm(agreement_id, step, effect_lines(effects_of(course)), course.ends_at)
        steps.take_step(session, **named)
    except NotFound:
        raise
    except DomainError as refusal:
        return _refused(agreement_id, refusal)
    flash(gettext("Done; both parties see it now."), "success")
    return redirect(url_for("deals.show_deal", agreement_id=agreement_id, _anchor="life"), 303)


@blueprint.post("/<agreement_id>/suspension")
@requires(OPERATOR, REGULATOR)
def suspend_agreement(agreement_id: str) -> Any:
    """Stop every delivery under the agreement."""
    return _ordered(AGREEMENT, agreement_id, url_for("deals.show_deal", agreement_id=agreement_id))


@blueprint.post("/suspensions")
@requires(OPERATOR, REGULATOR)
def suspend_organisation() -> Any:
    """Stop every delivery under all agreements of an organisation."""
    subject = request.form.get("organisation_id", "").strip()
    return _ordered(ORGANISATION, subject, url_for("lives.show_states"))


@blueprint.post("/suspensions/<order_id>/lifting")
@requires(OPERATOR, REGULATOR)
def lift_order(order_id: str) -> Any:
    """Lift an order that the actor's authority gave."""
    reason = request.form.get("reason", "").strip()[:1000] or "–"
    order = orders.lift_suspension(
        get_session(), actor=current_actor(), order_id=order_id, reason=reason, now=now()
    )
    flash(gettext("The order is lifted."), "success")
    if order.scope == AGREEMENT:
        return redirect(url_for("deals.show_deal", agreement_id=order.subject_id, _anchor="life"), 303)
    return redirect(url_for("lives.show_states"), 303)


def _ordered(scope: str, subject_id: str, url: str) -> Any:
    orders.order_suspension(
        get_session(),
        actor=current_actor(),
        scope=scope,
        subject_id=subject_id,
        order_no=request.form.get("order_no", "").strip()[:100],
        grounds=request.form.get("grounds", "").strip()[:1000] or "–",
        until=_instant(request.form.get("until", "")),
        now=now(),
    )
    flash(gettext("From now on nothing is delivered."), "success")
    return redirect(url, 303)


def _read_content(step: str) -> dict[str, Any]:
    schema = CONTENTS.get(step)
    if schema is None:
        raise Invalid("there is no such button", field="step")
    given = {
        name: request.form[name].strip() for name in schema().fields if request.form.get(name, "").strip()
    }
    if "ends_at" in given and (ends_at := _instant(given["ends_at"])) is not None:
        given["ends_at"] = ends_at.isoformat()
    try:
        content: dict[str, Any] = schema().load(given)
    except ValidationError as error:
        name, messages = next(iter(error.messages_dict.items()))
        raise Invalid(f"{name}: {' '.join(map(str, messages))}", field=name) from error
    return content


def _instant(text: str) -> datetime | None:
    """What a field of date and time says, in Asia/Shanghai."""
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(
            "this is no date and time", field="ends_at", remedy="Write it like 2026-12-31T18:00."
        ) from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def _confirm(agreement_id: str, step: str, effects: list[tuple[str, str]], ends_at: datetime) -> str:
    deal = agreements.get_agreement_card(get_session(), agreement_id, actor=current_actor())
    return render_template(
        "life/confirm.html",
        deal=deal,
        step=step,
        title=step_word(step),
        effects=effects,
        ends_at=ends_at,
        given=request.form,
    )


def _refused(agreement_id: str, refusal: DomainError) -> Any:
    deal = agreements.get_agreement_card(get_session(), agreement_id, actor=current_actor())
    told = " ".join(filter(None, (f"{refusal.detail.rstrip('.')}.", refusal.remedy)))
    return render_template("life/refused.html", deal=deal, errors=[told]), 422
