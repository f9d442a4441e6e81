"""Replay: every feature contributes the rules by which its events can be checked without the server.

Rules are pure functions over the events of a bundle; a rule never sees a database or a clock.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from exchange.core.entries import LoggedEvent, PayloadErased
from exchange.core.errors import DomainError

T = TypeVar("T")

#: Findings beyond these are counted but not kept: a hostile bundle must not fill the memory.
MAX_FINDINGS = 1000


@dataclass(frozen=True, slots=True)
class ReplayFinding:
    """Something in the log that cannot have happened by the rules."""

    message: str
    position: int | None = None
    subject: str | None = None


class Replay:
    """One pass over a log: the facts gathered so far, what was checked and what was found."""

    def __init__(self, rules: "ReplayRules") -> None:
        self.findings: list[ReplayFinding] = []
        self.findings_left_out = 0
        self.counts: Counter[str] = Counter()
        self.interpreted = 0
        self.not_interpreted: Counter[str] = Counter()
        self.unchecked_for_erasure = 0
        self._rules = rules
        self._facts: dict[type, Any] = {}
        self._current: LoggedEvent | None = None

    def facts(self, kind: type[T]) -> T:
        """The one instance of this type in the replay; later stages read what earlier ones noted in it."""
        if kind not in self._facts:
            self._facts[kind] = kind()
        return cast("T", self._facts[kind])

    def checked(self, name: str, n: int = 1) -> None:
        """Count what was checked, so that a reader sees that a clean result is not an empty one."""
        self.counts[name] += n

    def finding(self, message: str, *, position: int | None = None, subject: str | None = None) -> None:
        """Note a finding; without a position it concerns the event being replayed."""
        if len(self.findings) >= MAX_FINDINGS:
            self.findings_left_out += 1
            return
        if self._current is not None and position is None:
            position, subject = self._current.position, subject or self._current.subject
        self.findings.append(ReplayFinding(message, position, subject))

    def apply(self, event: LoggedEvent) -> None:
        """Check one event by all the rules for its type; events come in the order of the log."""
        handlers = self._rules.handlers.get(event.type)
        if handlers is None:
            self.not_interpreted[event.type] += 1
            return
        self.interpreted += 1
        self._current = event
        for handler in handlers:
            self._guard(handler, self, event)
        self._current = None

    def finish(self) -> None:
        """Run the checks over the whole log, such as "every close was settled"."""
        for check in self._rules.end_checks:
            self._guard(check, self)

    def _guard(self, check: Callable[..., None], *arguments: object) -> None:
        try:
            check(*arguments)
        except PayloadErased:
            self.unchecked_for_erasure += 1
        except DomainError as refusal:
            self.finding(refusal.detail)
        # A rule that stumbles over a hostile event has found something; a verifier that throws has not verified.
        except Exception as error:  # noqa: BLE001
            name = getattr(check, "__name__", "a rule")
            self.finding(
                f"The event does not have the form {name} expects ({type(error).__name__}: {error})."
            )


Handler = Callable[[Replay, LoggedEvent], None]
EndCheck = Callable[[Replay], None]


@dataclass(frozen=True)
class ReplayRules:
    """The rules of one feature, or of several: handlers by event type, and checks at the end."""

    handlers: dict[str, list[Handler]] = field(default_factory=dict)
    end_checks: list[EndCheck] = field(default_factory=list)

    def on(self, *event_types: str) -> Callable[[Handler], Handler]:
        """Register the decorated function for these event types."""

        def register(handler: Handler) -> Handler:
            for event_type in event_types:
                self.handlers.setdefault(event_type, []).append(handler)
            return handler

        return register

    def at_end(self, check: EndCheck) -> EndCheck:
        """Register the decorated function to run after the last event."""
        self.end_checks.append(check)
        return check


def combine(*rules: ReplayRules) -> ReplayRules:
    """Join the rules of several features; for one event the earlier features' rules run first."""
    joined = ReplayRules()
    for part in rules:
        for event_type, handlers in part.handlers.items():
            joined.handlers.setdefault(event_type, []).extend(handlers)
        joined.end_checks.extend(part.end_checks)
    return joined
