"""What a signature is for: the JWS types that keep one made for one purpose from serving another."""

from typing import Any, Final

from exchange.core import canonical

#: A holder proves to have the key that is being enrolled.
KEY_PROOF: Final = "wdx-key-proof+jws"
#: A party signs the canonical bytes of the terms.
CONTRACT: Final = "wdx-contract+jws"
#: The exchange signs the parties' signatures, last.
COUNTERSIGNATURE: Final = "wdx-countersignature+jws"
#: The exchange tells the buyer what was delivered.
RECEIPT: Final = "wdx-receipt+jws"
#: The exchange tells the buyer what it declared.
DECLARATION: Final = "wdx-declaration+jws"
#: The exchange certifies that a version of a listing is registered.
CERTIFICATE: Final = "wdx-certificate+jws"
#: The buyer confirms that it destroyed the data.
DESTRUCTION: Final = "wdx-destruction+jws"
#: The exchange's authority certifies a member's signing key.
KEY_CERTIFICATE: Final = "wdx-key-certificate+jws"


def key_proof_payload(
    organisation_id: str,
    public_jwk: dict[str, Any],
    *,
    person_id: str,
    challenge: str,
    replaces: str | None,
) -> bytes:
    """The bytes that a holder signs: this key is to be enrolled for this organisation by this account.

    Args:
        challenge: what the exchange gave for exactly this; it makes the proof a fresh one.
        replaces: kid of the key that the new one takes the place of.
    """
    return canonical.to_bytes(
        {
            "statement": "enrol this key for the organisation",
            "organisation": organisation_id,
            "person": person_id,
            "key": public_jwk,
            "challenge": challenge,
            "replaces": replaces,
        }
    )


def destruction_payload(agreement_id: str, terms_sha256: str, said: dict[str, Any]) -> bytes:
    """The bytes that a buyer signs: the data of this contract are destroyed, as it says.

    Args:
        said: `method`, `destroyed_at` in milliseconds, `by` and `statement`.
    """
    return canonical.to_bytes(
        {
            "statement": "the data of the contract are destroyed",
            "agreement": agreement_id,
            "contract": terms_sha256,
            "destruction": said,
        }
    )


def unchallenged_proof_payload(organisation_id: str, public_jwk: dict[str, Any]) -> bytes:
    """What holders signed before there were challenges; only the replay of older logs asks for it."""
    return canonical.to_bytes(
        {
            "statement": "enrol this key for the organisation",
            "organisation": organisation_id,
            "key": public_jwk,
        }
    )
