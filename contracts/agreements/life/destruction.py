"""The buyer's signed word that the data are destroyed; who has the contract verifies it without the exchange."""

from typing import Any

from contracts.agreements.life.course import BUYER, Course
from contracts.terms import Terms
from exchange.trust import PublicKey, Signature, jws
from exchange.trust.purposes import DESTRUCTION, destruction_payload

#: What the buyer says of it; the rest of the step is the signature.
SAID = ("method", "destroyed_at", "by", "statement")


def check_destruction(course: Course, content: dict[str, Any], key: PublicKey) -> None:
    """Check that the buyer signed exactly what it says of the destruction.

    Raises:
        SignatureInvalid: other words, another contract, another key or role.
    """
    payload = payload_of(course.terms, content)
    jws.verify(payload, Signature(**content["signature"]), key=key, typ=DESTRUCTION, role=BUYER)


def payload_of(terms: Terms, content: dict[str, Any]) -> bytes:
    """The bytes that the buyer signs."""
    said = {name: content[name] for name in SAID}
    return destruction_payload(terms.agreement_id, terms.digest, said)
