"""Sending: take a turn, send what is due, note how it went; nothing is sent inside a transaction."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from typing import Any

from exchange.core import clock
from exchange.core.egress import EgressFailed, EgressRefused, Limits, call
from exchange.core.jobs import owner_name
from exchange.messages.webhooks.cloud_events import CONTENT_TYPE, cloud_event, source_of
from exchange.messages.webhooks.turns import (
    Outcome,
    Parcel,
    end_turn,
    is_anything_due,
    next_parcel,
    note_outcome,
    take_turn,
)
from exchange.trust.webhook_signatures import sign_webhook

#: How long one endpoint keeps its turn while others wait, and the crew its job, so that it can be stopped.
TURN_S = 10
SHIFT_S = 30
#: An answer says what it has to say in its status.
_MOST_ANSWER_BYTES = 64 << 10
_IDLE_S = 0.2


def send_due(context: Any) -> None:
    """Send what is due, several endpoints at once; costs one read when nothing is.

    A slow receiver holds one of the crew and nobody else: the others look for work for as long as it does.
    """
    with context.database.reading() as session:
        if not is_anything_due(session, now=clock.now()):
            return
    crew = _Crew(context)
    hands = context.settings.webhook_threads
    with ThreadPoolExecutor(hands, thread_name_prefix="webhooks") as pool:
        for future in [pool.submit(crew.work) for _ in range(hands)]:
            future.result()


def serve_next(context: Any) -> bool:
    """Give one endpoint its turn; False when none has anything due."""
    turn = context.database.write(lambda session: take_turn(session, owner=owner_name(), now=clock.now()))
    if turn is None:
        return False
    until = time.monotonic() + TURN_S
    try:
        while time.monotonic() < until:
            with context.database.reading() as session:
                parcel = next_parcel(session, turn, now=clock.now())
            if parcel is None:
                break
            outcome = attempt(context, parcel, now=clock.now())
            if not _noted(context, turn, parcel, outcome) or not outcome.arrived:
                break
    finally:
        context.database.write(lambda session: end_turn(session, turn))
    return True


def attempt(context: Any, parcel: Parcel, *, now: datetime) -> Outcome:
    """Send one message once. A redirect is not followed, and only a status of 2xx means that it arrived."""
    settings = context.settings
    body = cloud_event(
        parcel.message,
        organisation_id=parcel.organisation_id,
        source=source_of(settings.log_origin),
        public_url=settings.public_url,
    )
    secrets = [context.storage.open_key(key, bound_to=name) for name, key in parcel.secrets]
    headers = {
        "Content-Type": CONTENT_TYPE,
        "User-Agent": f"wdx-webhooks/{version('wuhan-data-exchange')}",
        **sign_webhook(parcel.message.id, body, secrets=secrets, now=now),
    }
    limits = Limits(
        timeout_s=settings.webhook_timeout_s,
        max_bytes=_MOST_ANSWER_BYTES,
        allowed_hosts=settings.egress_allowed,
    )
    began = time.monotonic()
    status, failure = None, None
    try:
        answer = call("POST", parcel.url, limits=limits, headers=headers, body=body)
    except (EgressRefused, EgressFailed) as error:
        failure = error.detail[:300]
    else:
        status = answer.status
        failure = None if 200 <= status < 300 else f"HTTP {status}"
    return Outcome(now, round((time.monotonic() - began) * 1000), status, failure)


def _noted(context: Any, turn: Any, parcel: Parcel, outcome: Outcome) -> bool:
    kept: bool = context.database.write(
        lambda session: note_outcome(
            session,
            turn,
            parcel.message.id,
            outcome,
            days=context.settings.webhook_days,
            now=clock.now(),
        )
    )
    return kept


class _Crew:
    """Threads that serve endpoints until nothing is due and nobody is at it any more."""

    def __init__(self, context: Any) -> None:
        self.context = context
        self.until = time.monotonic() + SHIFT_S
        self._guard = threading.Lock()
        self._busy = 0

    def work(self) -> None:
        while time.monotonic() < self.until:
            with self._at_work():
                served = serve_next(self.context)
            if served:
                continue
            if self._busy == 0:
                return
            time.sleep(_IDLE_S)

    @contextmanager
    def _at_work(self) -> Iterator[None]:
        with self._guard:
            self._busy += 1
        try:
            yield
        finally:
            with self._guard:
                self._busy -= 1
