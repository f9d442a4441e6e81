"""What the life of an agreement asks of the gate."""

from dataclasses import dataclass
from datetime import datetime

from exchange.core.enquiries import Enquiry


@dataclass(frozen=True)
class LastUse(Enquiry[datetime]):
    """Before which instant an agreement cannot end any more, because it was used or billed until then.

    To the end of the transaction nothing more is recorded under it, so what is decided by the answer stays
    true.
    """

    agreement_id: str
