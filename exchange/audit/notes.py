"""Signed notes (C2SP signed-note): a text and signature lines, readable by people and by any verifier."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Self

from exchange.core.errors import Invalid
from exchange.trust import NotBase64, PrivateKey, PublicKey, SignatureInvalid, b64_decode, b64_encode

#: Ed25519 over the note text, the one signature type of a log key.
ED25519_TYPE = 0x01
MAX_NOTE_BYTES = 512 * 1024
MAX_SIGNATURES = 64

_MARK = "\u2014 "
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class NoteInvalid(Invalid):
    """The note is malformed, or no trusted key signed it, or a trusted key's signature is wrong."""

    code = "note-invalid"


class VKeyInvalid(Invalid):
    """The text is not a verification key of a kind accepted here."""

    code = "vkey-invalid"


@dataclass(frozen=True)
class VKey:
    """A named verification key; its text form is what operators exchange and configure."""

    name: str
    key: PublicKey

    def __post_init__(self) -> None:
        if not is_key_name(self.name):
            raise VKeyInvalid("A key name is not empty and has no space, plus or control character.")
        if self.key.algorithm != "Ed25519":
            raise VKeyInvalid("Signed notes are written with Ed25519 keys only.")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+hex key id+base64 key`; a key id that does not belong to the key is refused."""
        name, _, rest = text.partition("+")
        try:
            typed_key = b64_decode(rest[9:])
        except NotBase64 as error:
            raise VKeyInvalid("The key of this vkey is malformed.") from error
        if typed_key[:1] != bytes([ED25519_TYPE]):
            raise VKeyInvalid("This vkey is not of the Ed25519 note type (0x01).")
        vkey = cls(name, PublicKey("Ed25519", typed_key[1:]))
        # Covers a wrong key id, upper-case digits and wrong separators at once.
        if vkey.text != text:
            raise VKeyInvalid("The key id of this vkey does not belong to its name and key.")
        return vkey

    @cached_property
    def key_id(self) -> bytes:
        """Four bytes that identify the key among those of a note; never a proof of anything."""
        return sha256(self.name.encode() + b"\n" + self._typed_key).digest()[:4]

    @property
    def text(self) -> str:
        """The text form that `parse` reads."""
        return f"{self.name}+{self.key_id.hex()}+{b64_encode(self._typed_key)}"

    @property
    def _typed_key(self) -> bytes:
        return bytes([ED25519_TYPE]) + self.key.raw


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature line, taken apart but not verified."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The line as it stands in the note, with its newline."""
        return f"{_MARK}{self.name} {b64_encode(self.key_id + self.signature)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A note that is well-formed. Its text is to be ignored until `verify_note` accepted it."""

    text: str
    lines: tuple[SignatureLine, ...]


def is_key_name(name: str) -> bool:
    """Say whether the specification allows this key name."""
    return bool(name) and not any(
        char == "+" or char.isspace() or char < " " or _is_surrogate(char) for char in name
    )


def _is_surrogate(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"


def sign_note(text: str, *, name: str, key: PrivateKey) -> str:
    """Write a note with one signature. The text ends in a newline and has no control characters."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteInvalid("The text of a note ends in a newline and has no control characters.")
    vkey = VKey(name, key.public)
    return f"{text}\n{SignatureLine(name, vkey.key_id, key.sign(text.encode())).text}"


def parse_note(data: bytes | str, *, max_bytes: int = MAX_NOTE_BYTES) -> Note:
    """Take a note apart, strictly.

    Raises:
        NoteInvalid: it is malformed.
    """
    if len(data) > max_bytes:
        raise NoteInvalid("The note is too large.")
    try:
        note = data if isinstance(data, str) else data.decode()
        note.encode()
    except UnicodeError as error:
        raise NoteInvalid("The note is not valid UTF-8.") from error
    if _CONTROL.search(note):
        raise NoteInvalid("The note contains control characters (perhaps CRLF line ends).")
    # The text may have empty lines of its own: the last one separates.
    text, separator, signatures = note.rpartition("\n\n")
    if not separator or not signatures.endswith("\n"):
        raise NoteInvalid("A note is a text, an empty line and signature lines, each ending in a newline.")
    lines = signatures[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteInvalid(f"The note has more than {MAX_SIGNATURES} signatures.")
    return Note(text + "\n", tuple(_parse_line(line) for line in lines))


def verify_note(note: Note, keys: Iterable[VKey]) -> list[VKey]:
    """Say which of the trusted keys signed the note; lines of unknown keys mean nothing.

    A line counts as a known key's only when both name and key id match; then it must verify.

    Raises:
        NoteInvalid: no trusted key signed it, or the signature of a trusted key is wrong.
    """
    known = {(key.name, key.key_id): key for key in keys}
    signed_by: list[VKey] = []
    for line in note.lines:
        vkey = known.get((line.name, line.key_id))
        if vkey is None:
            continue
        try:
            vkey.key.verify(note.text.encode(), line.signature)
        except SignatureInvalid as error:
            raise NoteInvalid(f"The signature of {vkey.name} on this note is wrong.") from error
        if vkey not in signed_by:
            signed_by.append(vkey)
    if not signed_by:
        raise NoteInvalid("No trusted key signed this note.")
    return signed_by


def _parse_line(line: str) -> SignatureLine:
    name, separator, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not separator or not is_key_name(name):
        raise NoteInvalid("A signature line is an em dash, a space, a key name, a space and base64.")
    try:
        signature = b64_decode(encoded)
    except NotBase64 as error:
        raise NoteInvalid(f"The signature of {name} is malformed: {error.detail}") from error
    if len(signature) < 5:
        raise NoteInvalid(f"The signature of {name} is too short.")
    return SignatureLine(name, signature[:4], signature[4:])
