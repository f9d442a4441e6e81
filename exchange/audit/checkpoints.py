"""Checkpoints (C2SP tlog-checkpoint): the log's signed statement of its size and root."""

import re
from dataclasses import dataclass
from typing import Self

from exchange.audit.merkle import EMPTY_ROOT, HASH_BYTES
from exchange.audit.notes import NoteInvalid, VKey, is_key_name, parse_note, sign_note, verify_note
from exchange.trust import NotBase64, PrivateKey, b64_decode, b64_encode

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointInvalid(NoteInvalid):
    """The text is not a checkpoint, or not one of the expected log."""

    code = "checkpoint-invalid"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: which log, how many entries, and the root over all of them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note text: three lines, no extensions."""
        return f"{self.origin}\n{self.size}\n{b64_encode(self.root)}\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a note text; extension lines are refused because nobody here would check them."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise CheckpointInvalid("A checkpoint has exactly three lines.")
        origin, size, encoded_root, _ = lines
        if not is_key_name(origin) or not _SIZE.fullmatch(size):
            raise CheckpointInvalid("The origin or the size of the checkpoint is malformed.")
        try:
            root = b64_decode(encoded_root)
        except NotBase64 as error:
            raise CheckpointInvalid("The root of the checkpoint is malformed.") from error
        checkpoint = cls(origin, int(size), root)
        if len(root) != HASH_BYTES or (checkpoint.size == 0 and root != EMPTY_ROOT):
            raise CheckpointInvalid("The root of the checkpoint cannot be the root of such a tree.")
        return checkpoint


def sign_checkpoint(checkpoint: Checkpoint, key: PrivateKey) -> str:
    """Write the signed note; the key's name is the origin of the log."""
    return sign_note(checkpoint.text, name=checkpoint.origin, key=key)


def open_checkpoint(note: bytes | str, log_key: VKey) -> Checkpoint:
    """Read a checkpoint that the log with this key signed.

    Raises:
        NoteInvalid: malformed, not signed by the key, or of another log.
    """
    parsed = parse_note(note)
    verify_note(parsed, [log_key])
    checkpoint = Checkpoint.from_text(parsed.text)
    if checkpoint.origin != log_key.name:
        raise CheckpointInvalid(f"The checkpoint is of the log {checkpoint.origin}, not of {log_key.name}.")
    return checkpoint
