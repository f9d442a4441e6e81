"""A price plan: the part of the signed terms that says what use costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.pricing.kinds import METERED, PriceModel, TermLength, Trial
from exchange.pricing.reading import UNLIMITED, read_members
from exchange.pricing.tiers import Tiers
from exchange.pricing.units import Unit


@dataclass(frozen=True, slots=True)
class PricePlan:
    """A checked plan; two plans are equal exactly when they charge the same by the same model.

    Members that a model does not have stay at their defaults.
    """

    model: PriceModel
    #: What is counted; None where use is not charged at all.
    unit: Unit | None = None
    tiers: Tiers | None = None
    #: Free in every period, in priced units.
    free: int = 0
    trial: Trial | None = None
    minimum_micro: int = 0
    cap_micro: int | None = None
    fee_micro: int = 0
    term: TermLength | None = None
    #: Covered by the fee, in priced units; None covers everything.
    included: int | None = None
    over_price_micro: int = 0
    expiry_days: int | None = None
    #: The provider's part of the buyer's declared revenue, in basis points.
    share_bp: int = 0
    public_welfare: bool = False

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "PricePlan":
        """Read a plan as it stands in the terms; what may be left out gets its default.

        Raises:
            PricePlanInvalid: a member is unknown, missing, of the wrong type or out of range.

        """
        return cls(**read_members(document))

    def to_json(self) -> dict[str, Any]:
        """Write the plan so that nothing has to be looked up; a modifier that it lacks is none."""
        document: dict[str, Any] = {"model": self.model.value}
        if self.model in METERED:
            document |= self._metered_json() | self._limits_json()
        elif self.model is PriceModel.REVENUE_SHARE:
            document |= {"share_bp": self.share_bp, **self._limits_json()}
        elif self.model is PriceModel.FREE:
            document["public_welfare"] = self.public_welfare
        else:
            document |= self._fee_json()
        return document

    @property
    def first_days(self) -> int | None:
        """How many days at the beginning of the agreement the plan treats by themselves."""
        return self.expiry_days if self.trial is None else self.trial.days

    @property
    def looks_beyond_period(self) -> bool:
        """Whether charging a period needs more than what was used in it."""
        return (
            self.trial is not None
            or self.model in {PriceModel.ONE_OFF, PriceModel.PACKAGE}
            or self.term in {TermLength.QUARTER, TermLength.YEAR}
        )

    def _metered_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {f"free_{self.unit}": self.free}
        if self.tiers is not None and len(self.tiers.steps) == 1:
            document["unit_price_micro"] = self.tiers.steps[0].unit_price_micro
        elif self.tiers is not None:
            document["tiers"] = self.tiers.to_json()
        if self.trial is not None:
            document["trial"] = self.trial.to_json()
        return document

    def _limits_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {}
        if self.minimum_micro:
            document["minimum_micro"] = self.minimum_micro
        if self.cap_micro is not None:
            document["cap_micro"] = self.cap_micro
        return document

    def _fee_json(self) -> dict[str, Any]:
        document: dict[str, Any] = {"fee_micro": self.fee_micro}
        if self.unit is not None:
            document[f"included_{self.unit}"] = UNLIMITED if self.included is None else self.included
        if self.included is not None:
            document["over_price_micro"] = self.over_price_micro
        if self.term not in {None, TermLength.MONTH}:
            document["term"] = str(self.term)
        if self.expiry_days is not None:
            document["expiry_days"] = self.expiry_days
        return document | self._limits_json()
