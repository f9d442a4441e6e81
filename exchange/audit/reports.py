"""What a verification says: layer by layer what was checked, and what was found."""

from dataclasses import asdict, dataclass, field
from typing import Any

#: Findings beyond these are counted but not kept, per report.
MAX_FINDINGS = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong; `position` is the index in the log of the event it concerns."""

    layer: str
    message: str
    position: int | None = None
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer that ran: what it checked, how many of them, and whether all held."""

    name: str
    checked: str
    count: int
    ok: bool


@dataclass
class Report:
    """The result of a verification. `ok` means that every layer ran and found nothing."""

    ok: bool = False
    layers: list[Layer] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    findings_left_out: int = 0
    notes: list[str] = field(default_factory=list)
    origin: str | None = None
    size: int | None = None
    root: str | None = None
    key_pinned: bool = False
    erased: int = 0
    first_at_ms: int | None = None
    last_at_ms: int | None = None
    event_types: dict[str, int] = field(default_factory=dict)
    not_interpreted: dict[str, int] = field(default_factory=dict)
    unchecked_for_erasure: int = 0
    checked: dict[str, int] = field(default_factory=dict)

    def find(
        self, layer: str, message: str, position: int | None = None, subject: str | None = None
    ) -> None:
        """Note a finding."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(layer, message, position, subject))
        else:
            self.findings_left_out += 1

    def as_dict(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return asdict(self)
