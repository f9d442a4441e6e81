"""What the rules must know beside the offer itself."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Circumstances:
    """The day, the columns of the data, and the grades of the listings they are derived from."""

    #: The Asia/Shanghai calendar day, YYYY-MM-DD.
    today: str
    #: None where the data are not at hand, as in an offline check without them.
    columns: tuple[str, ...] | None = None
    #: Listing id to its highest level; a parent that is not in it is unknown. None: not looked up.
    parents: Mapping[str, str] | None = None
    #: Whether the data stay with the provider.
    is_hosted: bool = False
