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


def key_proof_payload(organisation_id: str, public_jwk: dict[str, Any]) -> bytes:
    """The bytes that a holder signs: this key is to be enrolled for this organisation."""
    return canonical.to_bytes(
        {
            "statement": "enrol this key for the organisation",
            "organisation": organisation_id,
            "key": public_jwk,
        }
    )
