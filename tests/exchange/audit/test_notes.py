import pytest

from exchange.audit.checkpoints import Checkpoint, CheckpointInvalid, open_checkpoint, sign_checkpoint
from exchange.audit.merkle import EMPTY_ROOT
from exchange.audit.notes import (
    MAX_SIGNATURES,
    NoteInvalid,
    VKey,
    VKeyInvalid,
    parse_note,
    sign_note,
    verify_note,
)
from exchange.core.errors import Invalid
from exchange.trust import PrivateKey, b64_encode

#: The example of c2sp.org/signed-note.
VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
NOTE = (
    "This is an example message.\n\n— example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
ORIGIN = "exchange.example/log/2026"
KEY = PrivateKey.generate()
LOG = VKey(ORIGIN, KEY.public)
STRANGER = PrivateKey.generate()


def line_by(key, name=ORIGIN, text="text\n"):
    return sign_note(text, name=name, key=key).removeprefix(text + "\n")


def test_example_of_the_specification_verifies():
    vkey = VKey.parse(VKEY)

    assert verify_note(parse_note(NOTE), [vkey]) == [vkey]
    assert vkey.text == VKEY


def test_own_notes_read_back():
    note = parse_note(sign_note("one\n\nthree\n", name=ORIGIN, key=KEY).encode())

    assert note.text == "one\n\nthree\n"
    assert verify_note(note, [LOG]) == [LOG]


@pytest.mark.parametrize(
    "text",
    [
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("530d903a", "530D903A"),
        VKEY.replace("+Aek", "+Bek"),
        VKEY[:-1] + "l",
        VKEY + "\n",
        VKEY.replace("example", "other"),
        VKEY.replace(".com", " .com"),
        VKEY.removeprefix("example.com/foo"),
        "",
        "name",
        "name+00000000+",
        "\ud800" + VKEY,
        f"name+00000000+{b64_encode(bytes([1]) + bytes(32))}",
    ],
)
def test_malformed_vkey_is_refused(text):
    with pytest.raises(Invalid):
        VKey.parse(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "a\nb", "a\u2028b"])
def test_key_name_the_specification_forbids_is_refused(name):
    with pytest.raises(VKeyInvalid):
        VKey(name, KEY.public)


def test_lines_of_unknown_keys_mean_nothing():
    """Also when the name or the key id is one we know, but not both."""
    valid = line_by(KEY)
    same_name = line_by(STRANGER)
    other_name = valid.replace(ORIGIN, "elsewhere.example/log")
    foreign = "— someone.example AAAAAAAA\n"

    note = parse_note("text\n\n" + foreign + same_name + other_name + valid)

    assert verify_note(note, [LOG]) == [LOG]
    with pytest.raises(NoteInvalid, match="No trusted key"):
        verify_note(parse_note("text\n\n" + foreign + same_name + other_name), [LOG])


def test_wrong_signature_of_a_known_key_rejects_the_whole_note():
    note = parse_note("text\n\n" + line_by(KEY) + line_by(KEY, text="other\n"))

    with pytest.raises(NoteInvalid, match="is wrong"):
        verify_note(note, [LOG])


def test_repeated_signature_counts_once():
    assert verify_note(parse_note("text\n\n" + line_by(KEY) * 2), [LOG]) == [LOG]


def test_many_signatures_are_read_up_to_the_limit():
    assert len(parse_note("text\n\n" + line_by(KEY) * 17).lines) == 17
    with pytest.raises(NoteInvalid, match="more than"):
        parse_note("text\n\n" + line_by(KEY) * (MAX_SIGNATURES + 1))


def test_every_changed_byte_of_a_note_is_noticed():
    note = sign_note("text\n", name=ORIGIN, key=KEY).encode()
    for at in range(len(note)):
        for bit in (1, 0x20):
            changed = bytearray(note)
            changed[at] ^= bit
            with pytest.raises(NoteInvalid):
                verify_note(parse_note(bytes(changed)), [LOG])


@pytest.mark.parametrize(
    "data",
    [
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("aQM=", "aQN="),
        NOTE.replace("aQM=", "aQM"),
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—  "),
        NOTE.replace("message", "mess\tage"),
        NOTE.replace("message", "mess\x00age"),
        NOTE.replace("message", "mess\ud800age"),
        NOTE.encode().replace(b"message", b"mess\xffage"),
        NOTE + "trailing\n",
        "text\n\n— name\n",
        "text\n\n— name AAAA\n",
        "text\n\n",
        "text\n",
        "",
        b"x" * 600_000,
    ],
)
def test_malformed_note_is_refused(data):
    with pytest.raises(NoteInvalid):
        parse_note(data)


@pytest.mark.parametrize("text", ["no newline", "", "tab\t\n", "cr\r\n"])
def test_text_that_cannot_be_a_note_is_not_signed(text):
    with pytest.raises(NoteInvalid):
        sign_note(text, name=ORIGIN, key=KEY)


class TestCheckpoint:
    CHECKPOINT = Checkpoint(ORIGIN, 3, b"r" * 32)

    def test_checkpoint_reads_back(self):
        assert open_checkpoint(sign_checkpoint(self.CHECKPOINT, KEY), LOG) == self.CHECKPOINT

    def test_empty_log_has_a_checkpoint(self):
        assert Checkpoint.from_text(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text).size == 0

    @pytest.mark.parametrize(
        "text",
        [
            f"{ORIGIN}\n03\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n-3\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n+3\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n٣\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n{'9' * 5000}\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n3\n{b64_encode(b'r' * 31)}\n",
            f"{ORIGIN}\n3\n{b64_encode(b'r' * 32)[:-1]}\n",
            f"{ORIGIN}\n3\n{b64_encode(b'r' * 32)}",
            f"{ORIGIN}\n3\n{b64_encode(b'r' * 32)}\nextension\n",
            f"{ORIGIN}\n3\n{b64_encode(b'r' * 32)}\n\n",
            f"\n3\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n0\n{b64_encode(b'r' * 32)}\n",
            f"{ORIGIN}\n3\n",
        ],
    )
    def test_malformed_checkpoint_is_refused(self, text):
        with pytest.raises(CheckpointInvalid):
            Checkpoint.from_text(text)

    def test_checkpoint_of_another_log_is_refused(self):
        """The key signed it, but under its own name for a text that names another log."""
        note = sign_note(Checkpoint("elsewhere.example", 3, b"r" * 32).text, name=ORIGIN, key=KEY)

        with pytest.raises(CheckpointInvalid, match="of the log"):
            open_checkpoint(note, LOG)

    def test_checkpoint_of_a_stranger_is_refused(self):
        with pytest.raises(NoteInvalid):
            open_checkpoint(sign_checkpoint(self.CHECKPOINT, STRANGER), LOG)
