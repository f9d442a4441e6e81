"""The page on which either party proposes what is to follow a signed agreement."""

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for

from contracts.agreements.pages import blueprint
from contracts.agreements.renewal import get_renewal, renew_agreement
from contracts.negotiations import forms
from contracts.negotiations.forms import Listed
from contracts.negotiations.forms.labels import label_of
from contracts.negotiations.opening import draft_renewal
from contracts.negotiations.rounds import Proposal, house_rules
from contracts.terms import changed_members
from exchange.context import get_context
from exchange.core.errors import DomainError, NotFound
from exchange.core.i18n import gettext
from exchange.core.requests import get_session, now
from exchange.participants.access import current_actor, requires
from exchange.pricing.words import price_words


@blueprint.get("/<agreement_id>/renewal")
@requires()
def show_renewal(agreement_id: str) -> Response:
    """The form, filled with what was signed at the price of now."""
    return _page(agreement_id)


@blueprint.post("/<agreement_id>/renewal")
@requires()
def propose_renewal(agreement_id: str) -> Any:
    """Propose it to the other side; what is refused stands beside its field, and nothing typed is lost."""
    session, actor = get_session(), current_actor()
    try:
        renewal = get_renewal(session, actor=actor, agreement_id=agreement_id)
        listing, draft = draft_renewal(session, actor=actor, renewal=renewal, changes={}, now=now())
        changes = forms.read_changes(
            request.form, forms.groups_of(draft, Listed.of(listing.content)), draft
        )
        if plan := request.form.get("plan", ""):
            changes["plan"] = plan
        negotiation = renew_agreement(
            session,
            actor=actor,
            agreement_id=agreement_id,
            changes=changes,
            house=house_rules(get_context().settings),
            now=now(),
            proposal=Proposal(request.form.get("message", "").strip()[:1000]),
        )
    except NotFound:
        raise
    except DomainError as refusal:
        return _page(agreement_id, refusal)
    flash(gettext("Sent; the other party sees it now."), "success")
    return redirect(url_for("negotiation_pages.show_negotiation", negotiation_id=negotiation.id), 303)


def _page(agreement_id: str, refusal: DomainError | None = None) -> Response:
    """What was signed and what would follow, side by side, above the form; the reason where nothing can follow."""
    session, actor = get_session(), current_actor()
    renewal = get_renewal(session, actor=actor, agreement_id=agreement_id)
    groups, plans, changes = [], [], []
    try:
        listing, draft = draft_renewal(session, actor=actor, renewal=renewal, changes={}, now=now())
    except NotFound:
        raise
    except DomainError as impossible:
        refusal = refusal or impossible
    else:
        groups = forms.groups_of(draft, Listed.of(listing.content))
        plans = [(entry["code"], price_words(entry["plan"])) for entry in listing.content["price_plans"]]
        changes = [
            _change(member, renewal.draft, draft) for member in changed_members(renewal.draft, draft)
        ]
    faults, errors = ({}, []) if refusal is None else forms.faults_of_fields(refusal)
    page = render_template(
        "agreements/renewal.html",
        agreement_id=agreement_id,
        begins_at=max(now(), renewal.begins_at),
        groups=forms.refilled(request.form, groups) if request.method == "POST" else groups,
        plans=plans,
        changes=changes,
        sent=request.form,
        faults=faults,
        errors=errors,
    )
    return make_response(page, 200 if refusal is None else 422)


def _change(member: str, before: dict[str, Any], after: dict[str, Any]) -> tuple[str, str, str]:
    if member == "price_plan":
        return gettext("Price"), price_words(before[member]), price_words(after[member])
    group, _, name = member.rpartition(".")
    values = ((draft[group] if group else draft).get(name) for draft in (before, after))
    first, second = ("–" if value is None else str(value) for value in values)
    return label_of(member), first, second
