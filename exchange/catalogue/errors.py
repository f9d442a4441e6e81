"""Refusals of the catalogue."""

from collections.abc import Sequence

from exchange.core.errors import Conflict, FieldProblem, Invalid


class ListingInvalid(Invalid):
    """The offer breaks one rule or several; `errors` names them all."""

    code = "listing-invalid"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        first = problems[0]
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{first.message}{more}", field=first.field, remedy=first.remedy)
        self.problems = tuple(problems)


class ListingNotOnOffer(Conflict):
    """The listing is suspended, delisted or expired, so no new deal is made on it."""

    code = "listing-not-on-offer"
