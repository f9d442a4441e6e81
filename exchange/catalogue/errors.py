"""Refusals of the catalogue."""

from exchange.core.errors import Conflict, InvalidDocument


class ListingInvalid(InvalidDocument):
    """The offer breaks one rule or several; `errors` names them all."""

    code = "listing-invalid"


class ListingNotOnOffer(Conflict):
    """The listing is suspended, delisted or expired, so no new deal is made on it."""

    code = "listing-not-on-offer"
