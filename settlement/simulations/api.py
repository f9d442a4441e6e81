"""Questions about prices over HTTP."""

from datetime import date
from typing import Any

from flask_smorest import Blueprint

from exchange.context import get_context
from exchange.core.clock import day_of
from exchange.core.errors import Invalid
from exchange.core.requests import now
from exchange.participants.access import current_actor, requires
from exchange.pricing import PricePlan, TaxTerms, dated_use, simulate
from settlement.simulations import service
from settlement.simulations.schemas import (
    ComparePricesSchema,
    PriceChangeSchema,
    SimulatePriceSchema,
    SimulationSchema,
)

blueprint = Blueprint("simulations", __name__, url_prefix="/api/v1", description="What would it cost?")


@blueprint.post("/price-simulations")
@requires()
@blueprint.arguments(SimulatePriceSchema)
@blueprint.response(200, SimulationSchema)
def simulate_price(asked: dict[str, Any]) -> Any:
    """Say what use costs under a price plan"""
    if (asked["usage"] is None) == (asked["agreement_id"] is None):
        raise Invalid(
            "the use to simulate is either given or an agreement's",
            field="usage",
            remedy="Give `usage`, or `agreement_id` and `period`.",
        )
    tax = _tax(asked)
    plan = None if asked["plan"] is None else PricePlan.from_json(asked["plan"])
    if asked["agreement_id"] is not None:
        return _of_agreement(asked, plan, tax).to_json()
    if plan is None:
        raise Invalid("there is no plan to apply", field="plan", remedy="Give a price plan.")
    usage = [dated_use(row, plan) for row in asked["usage"]]
    return simulate(plan, usage, starts_on=asked["starts_on"], ends_on=asked["ends_on"], tax=tax).to_json()


@blueprint.post("/price-comparisons")
@requires()
@blueprint.arguments(ComparePricesSchema)
@blueprint.response(200, PriceChangeSchema)
def compare_prices(asked: dict[str, Any]) -> Any:
    """Say whether a change of price may take effect now, and why"""
    old, new = asked["old"], asked["new"]
    return service.compare_prices(
        PricePlan.from_json(old["plan"]),
        PricePlan.from_json(new["plan"]),
        old_tax=_tax(old),
        new_tax=_tax(new),
        notice_given_on=asked["notice_given_on"] or date.fromisoformat(day_of(now())),
        notice_days=get_context().settings.price_notice_days,
    )


def _of_agreement(asked: dict[str, Any], plan: PricePlan | None, tax: TaxTerms) -> Any:
    if asked["period"] is None:
        raise Invalid("the month is missing", field="period", remedy="Write it as YYYY-MM.")
    # A POST would take the write lock, and nothing is written here.
    with get_context().database.reading() as session:
        return service.simulate_agreement(
            session,
            actor=current_actor(),
            agreement_id=asked["agreement_id"],
            period=asked["period"],
            plan=plan,
            tax=tax,
        )


def _tax(asked: dict[str, Any]) -> TaxTerms:
    return TaxTerms(asked["tax_rate_bp"], included=asked["tax_included"])
