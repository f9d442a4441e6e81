"""Who is told of webhooks: the organisation whose messages go there.

Being told of its registration is also the first thing that a new endpoint receives.
"""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from exchange.core.i18n import N_
from exchange.core.telling import Fact, Telling, Topic

_WORDS = {
    "webhook.registered": N_("Your messages are sent to a webhook at %(host)s from now on."),
    "webhook.secret_rotated": N_("The webhook at %(host)s has a new secret."),
    "webhook.disabled": N_("The webhook at %(host)s was disabled: %(reason)s"),
    "webhook.enabled": N_("The webhook at %(host)s is tried again."),
    "webhook.removed": N_("The webhook at %(host)s was removed."),
}


def tell_webhook(_session: Session, fact: Fact) -> Iterator[Telling]:
    """The organisation itself."""
    yield Telling(
        Topic.ORGANISATION,
        (fact.payload["organisation_id"],),
        _WORDS[fact.type],
        {"host": fact.payload["host"], "reason": fact.payload.get("reason", "")},
        page="/webhooks/",
    )
