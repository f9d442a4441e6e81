"""A day of quarter-hour load, as a provider uploads it."""

import base64
import hashlib
import io

from exchange.datasets.ingest.upload import Deposited, take_in
from exchange.trust import Vault

#: Rows of the data set that the market offers.
ROWS = 96


def load_curve(rows: int = ROWS, *, shift: int = 0) -> bytes:
    """CSV with time, load and remark; another `shift` gives other values."""
    lines = ["time,load_kw,remark"]
    for row in range(rows):
        hour, quarter = divmod(row, 4)
        day = 1 + hour // 24
        time = f"2026-06-{day:02d} {hour % 24:02d}:{quarter * 15:02d}:00"
        lines.append(f"{time},{(row + shift) / 8},row {row}")
    return "\n".join(lines).encode()


def content_digest(body: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def taken_in(storage: Vault, body: bytes | None = None, *, name: str = "load.csv") -> Deposited:
    """The upload of a file, stored as a revision file."""
    body = load_curve() if body is None else body
    return take_in(
        io.BytesIO(body),
        name=name,
        content_digest=content_digest(body),
        storage=storage,
    )
