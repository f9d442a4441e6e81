"""The offline verifier: from the bytes of one file to a judgement on everything the log says.

It needs no server, and it never raises on what is in the file: whatever goes wrong is a finding.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from exchange.audit.bundle_format import (
    CHECKPOINT,
    MANIFEST,
    MAX_MEMBER_BYTES,
    VKEY,
    BundleInvalid,
    Manifest,
    container_digest,
)
from exchange.audit.bundle_reader import Bundle, open_bundle, open_regular_file
from exchange.audit.checkpoints import Checkpoint, open_checkpoint
from exchange.audit.log_check import Fault, member_faults, tree_faults
from exchange.audit.notes import NoteInvalid, VKey, parse_note, verify_note
from exchange.audit.payload_check import read_events
from exchange.audit.reports import Layer, Report
from exchange.audit.tiles import TILE_WIDTH
from exchange.core.errors import DomainError
from exchange.core.i18n import N_
from exchange.core.replay import Replay, ReplayRules
from exchange.trust import b64_encode

#: Told the layer, how much of it is done, and how much there is.
Progress = Callable[[str, int, int], None]

KEY_FROM_BUNDLE = N_(
    "The log key was taken from the bundle itself, so this proves consistency, not who wrote it; "
    "give --log-key to pin it."
)


def verify_bundle(
    path: str | Path, *, rules: ReplayRules, log_key: VKey | None = None, progress: Progress | None = None
) -> Report:
    """Verify an evidence bundle, layer by layer, and stop after the first layer that fails.

    Without `log_key` the key inside the bundle is used and the report says so in a note.
    """
    verification = _Verification(Path(path), rules, log_key, progress or _no_progress)
    try:
        verification.run()
    finally:
        verification.close()
    return verification.report


class _Verification:
    """One run: what the lower layers established is what the higher ones start from."""

    def __init__(self, path: Path, rules: ReplayRules, log_key: VKey | None, progress: Progress) -> None:
        self.report = Report(key_pinned=log_key is not None)
        self._path = path
        self._pinned_key = log_key
        self._progress = progress
        self._replay = Replay(rules)
        self._bundle: Bundle | None = None
        self._log_key: VKey
        self._checkpoint: Checkpoint

    def run(self) -> None:
        layers = (
            (N_("container"), N_("bytes of the file against its digest"), self._check_container),
            (N_("manifest"), N_("members against the signed manifest"), self._check_manifest),
            (N_("log"), N_("entries against tiles and signed checkpoint"), self._check_log),
            (N_("payloads"), N_("payloads against their entries"), self._check_payloads),
            (N_("replay"), N_("events replayed by the rules"), self._check_replay),
        )
        self.report.ok = all(self._run_layer(*layer) for layer in layers)

    def close(self) -> None:
        if self._bundle is not None:
            self._bundle.close()

    def _run_layer(self, name: str, checked: str, check: Callable[[str], int]) -> bool:
        count = 0
        try:
            count = check(name)
        except DomainError as refusal:
            self.report.find(name, refusal.detail)
        # A verifier that throws has not verified: the unforeseen is a finding like any other.
        except Exception as error:  # noqa: BLE001
            self.report.find(name, f"The file cannot be verified ({type(error).__name__}: {error}).")
        holds = not self.report.findings
        self.report.layers.append(Layer(name, checked, count, holds))
        return holds

    def _check_container(self, layer: str) -> int:
        with open_regular_file(self._path) as file:
            total = file.seek(0, 2)
            digest, comment = container_digest(file, lambda done: self._progress(layer, done, total))
        if comment != digest.encode("ascii"):
            self.report.find(
                layer, N_("The file was changed: its bytes do not have the digest in its comment.")
            )
            self._name_damage(layer)
        self._bundle = open_bundle(self._path)
        return total

    def _name_damage(self, layer: str) -> None:
        """Help the reader find what was changed; that something was is certain without it."""
        with open_bundle(self._path) as bundle:
            key = self._pinned_key or _key_inside(bundle)
            try:
                manifest = _read_manifest(bundle, key)
            except NoteInvalid as error:
                self.report.find(layer, f"The bytes of the member {MANIFEST} were changed: {error.detail}")
                return
            damaged = [name for digest, name in manifest.members if _digest_of(bundle, name) != digest]
        for name in damaged:
            self.report.find(layer, f"The bytes of the member {name} are not those in the manifest.")
        if not damaged:
            self.report.find(
                layer, N_("Every member is as signed: the change is in container bytes outside them.")
            )

    def _check_manifest(self, layer: str) -> int:
        bundle = self._opened()
        inside = _key_inside(bundle)
        self._log_key = self._pinned_key or inside
        if self._pinned_key is None:
            self.report.notes.append(KEY_FROM_BUNDLE)
        manifest = _read_manifest(bundle, self._log_key)
        if inside != self._log_key:
            self.report.find(layer, f"{VKEY} is not the pinned log key.")
        if manifest.origin != self._log_key.name:
            self.report.find(
                layer, f"The manifest is of the log {manifest.origin!r}, not of {self._log_key.name}."
            )
        if [name for _, name in manifest.members] != bundle.names[:-1]:
            self.report.find(
                layer, N_("The members are not those the manifest lists, or in another order.")
            )
            return 0
        for done, (digest, name) in enumerate(manifest.members, start=1):
            if _digest_of(bundle, name) != digest:
                self.report.find(layer, f"The bytes of the member {name} are not those in the manifest.")
            self._progress(layer, done, len(manifest.members))
        return len(manifest.members)

    def _check_log(self, layer: str) -> int:
        bundle = self._opened()
        self._checkpoint = checkpoint = open_checkpoint(bundle.read(CHECKPOINT), self._log_key)
        self.report.origin = checkpoint.origin
        self.report.size = checkpoint.size
        self.report.root = b64_encode(checkpoint.root)
        if self._find_all(layer, member_faults(bundle, checkpoint.size)):
            return 0
        self._find_all(
            layer,
            tree_faults(bundle, checkpoint, lambda done: self._progress(layer, done, checkpoint.size)),
        )
        return checkpoint.size

    def _check_payloads(self, layer: str) -> int:
        """Check the payloads and, as long as they hold, replay in the same pass: reading is half the work."""
        size, types, holds = self._checkpoint.size, Counter[str](), True
        for done, outcome in enumerate(read_events(self._opened(), size)):
            if isinstance(outcome, tuple):
                holds = False
                self.report.find(layer, *outcome)
                continue
            types[outcome.type] += 1
            self._note_time(outcome.at_ms)
            if outcome.payload is None:
                self.report.erased += 1
            if holds:
                self._replay.apply(outcome)
            if done % TILE_WIDTH == 0:
                self._progress(layer, done, size)
        self._progress(layer, size, size)
        self.report.event_types = dict(types)
        return size - self.report.erased

    def _check_replay(self, layer: str) -> int:
        replay, report = self._replay, self.report
        replay.finish()
        for finding in replay.findings:
            report.find(layer, finding.message, finding.position, finding.subject)
        report.findings_left_out += replay.findings_left_out
        report.not_interpreted = dict(replay.not_interpreted)
        report.checked = dict(replay.counts)
        report.unchecked_for_erasure = replay.unchecked_for_erasure
        return replay.interpreted

    def _note_time(self, at_ms: int) -> None:
        report = self.report
        report.first_at_ms = at_ms if report.first_at_ms is None else min(at_ms, report.first_at_ms)
        report.last_at_ms = at_ms if report.last_at_ms is None else max(at_ms, report.last_at_ms)

    def _find_all(self, layer: str, faults: Iterable[Fault]) -> bool:
        found = False
        for message, position in faults:
            found = True
            self.report.find(layer, message, position)
        return found

    def _opened(self) -> Bundle:
        if self._bundle is None:
            raise BundleInvalid("The container layer did not open the file.")
        return self._bundle


def _key_inside(bundle: Bundle) -> VKey:
    return VKey.parse(bundle.read(VKEY).decode().removesuffix("\n"))


def _read_manifest(bundle: Bundle, key: VKey) -> Manifest:
    note = parse_note(bundle.read(MANIFEST), max_bytes=MAX_MEMBER_BYTES)
    verify_note(note, [key])
    return Manifest.from_text(note.text)


def _digest_of(bundle: Bundle, name: str) -> str | None:
    """The digest of a member as it is; None when it does not even unpack."""
    try:
        return sha256(bundle.read(name)).hexdigest()
    except BundleInvalid:
        return None


def _no_progress(_layer: str, _done: int, _total: int) -> None:
    pass
