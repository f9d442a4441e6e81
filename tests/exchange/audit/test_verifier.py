import os

import pytest

from exchange.audit import Checkpoint, ReplayRules, VKey, sign_checkpoint, verify_bundle
from exchange.audit.bundle_format import encode_payloads
from exchange.audit.tiles import encode_entries
from exchange.audit.verifier import KEY_FROM_BUNDLE
from exchange.trust import PrivateKey

LAYERS = ["container", "manifest", "log", "payloads", "replay"]
ENTRIES, PAYLOADS, TILE = "tile/entries/000.p/6", "payload/000.p/6", "tile/0/000.p/6"


@pytest.fixture
def items(make_item):
    return [make_item(number) for number in range(6)]


@pytest.fixture
def bundle(log, items):
    return log.write(items)


def counting_rules():
    rules = ReplayRules()

    @rules.on("delivery.recorded")
    def check_number(replay, event):
        replay.checked("deliveries")
        if event.content["n"] != event.position:
            replay.finding("The number is not the position.")

    return rules


def verify(path, log=None, rules=None):
    return verify_bundle(path, rules=rules or counting_rules(), log_key=log and log.vkey)


def failed_layer(report):
    """The layer that failed; those above it must not have run."""
    assert not report.ok
    assert report.findings
    assert [layer.name for layer in report.layers] == LAYERS[: len(report.layers)]
    assert [layer.ok for layer in report.layers] == [True] * (len(report.layers) - 1) + [False]
    return report.layers[-1].name


class TestHonestBundle:
    def test_every_layer_holds_and_says_what_it_checked(self, log, bundle):
        report = verify(bundle, log)

        assert (report.ok, report.findings, report.notes, report.key_pinned) == (True, [], [], True)
        assert [(layer.name, layer.count) for layer in report.layers] == [
            ("container", bundle.stat().st_size),
            ("manifest", 6),
            ("log", 6),
            ("payloads", 6),
            ("replay", 6),
        ]
        assert (report.size, report.origin, report.checked) == (6, log.vkey.name, {"deliveries": 6})
        assert (report.first_at_ms, report.last_at_ms) == (1790000000000, 1790000000005)

    def test_key_from_the_bundle_is_said_loudly(self, bundle):
        report = verify(bundle)

        assert report.ok
        assert report.notes == [KEY_FROM_BUNDLE]

    @pytest.mark.parametrize("count", [0, 1, 256, 257, 600])
    @pytest.mark.parametrize("compress", [True, False])
    def test_logs_of_all_sizes_verify(self, log, make_item, count, compress):
        report = verify(log.write([make_item(number) for number in range(count)], compress=compress), log)

        assert (report.ok, report.size) == (True, count)

    def test_events_without_rules_are_counted(self, log, bundle):
        report = verify(bundle, log, rules=ReplayRules())

        assert report.ok
        assert report.not_interpreted == {"delivery.recorded": 6}

    def test_progress_is_told_for_every_layer_that_takes_long(self, log, bundle):
        told = []
        verify_bundle(bundle, rules=ReplayRules(), progress=lambda *step: told.append(step))

        assert {layer for layer, _, _ in told} == {"container", "manifest", "log", "payloads"}
        assert told[-1] == ("payloads", 6, 6)

    def test_report_is_plain_data(self, log, bundle):
        assert verify(bundle, log).as_dict()["layers"][2]["count"] == 6


def test_every_flipped_bit_of_the_file_is_found(log, items):
    path = log.write(items)
    honest = path.read_bytes()
    survivors = []
    with path.open("r+b", buffering=0) as file:
        for at, byte in enumerate(honest):
            for bit in (1 << at % 8, 1 << (at + 3) % 8):
                os.pwrite(file.fileno(), bytes([byte ^ bit]), at)
                if verify(path, log).ok:
                    survivors.append((at, bit))
            os.pwrite(file.fileno(), bytes([byte]), at)

    assert survivors == []
    assert verify(path, log).ok


@pytest.mark.parametrize("cut", [*range(1, 100, 9), *range(100, 3600, 97)])
def test_truncated_file_is_found(log, bundle, cut):
    bundle.write_bytes(bundle.read_bytes()[:-cut])

    assert failed_layer(verify(bundle, log)) == "container"


class TestDamageIsNamed:
    @pytest.mark.parametrize("name", ["HOWTO.md", "checkpoint", ENTRIES, PAYLOADS, TILE, "MANIFEST"])
    def test_changed_member_is_named(self, log, items, members_of, name):
        path = log.write(items, compress=False)
        content = members_of(path)[name]
        changed = content[:-5] + bytes([content[-5] ^ 1]) + content[-4:]
        path.write_bytes(path.read_bytes().replace(content, changed))

        report = verify(path, log)

        assert failed_layer(report) == "container"
        assert any(f"member {name} " in finding.message for finding in report.findings)

    def test_changed_comment_is_named_as_container_bytes(self, log, bundle):
        bundle.write_bytes(bundle.read_bytes()[:-1] + b"x")

        report = verify(bundle, log)

        assert "outside" in report.findings[1].message

    @pytest.mark.parametrize("content", [None, b"", b"not a bundle" * 20])
    def test_unreadable_file_is_a_finding(self, tmp_path, content):
        path = tmp_path / "bundle.zip"
        if content is not None:
            path.write_bytes(content)

        assert failed_layer(verify(path)) == "container"

    def test_folder_and_pipe_are_findings(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")

        assert failed_layer(verify(tmp_path)) == "container"
        assert failed_layer(verify(tmp_path / "pipe")) == "container"


class TestKeys:
    def test_bundle_of_another_key_is_refused(self, log, bundle):
        stranger = VKey(log.vkey.name, PrivateKey.generate().public)

        assert failed_layer(verify_bundle(bundle, rules=ReplayRules(), log_key=stranger)) == "manifest"

    def test_vkey_inside_must_be_the_pinned_one(self, log, bundle):
        other = VKey(log.vkey.name, PrivateKey.generate().public)
        path = log.rewrite(bundle, lambda members: members | {"log.vkey": f"{other.text}\n".encode()})

        assert failed_layer(verify(path, log)) == "manifest"

    def test_checkpoint_of_another_key_is_refused(self, log, bundle, items):
        forger = type(log)(log.folder)
        note = forger.checkpoint_over(items).encode()

        assert failed_layer(verify(log.rewrite(bundle, lambda m: m | {"checkpoint": note}), log)) == "log"

    @pytest.mark.parametrize("content", [b"", b"\xff", b"name", b"x+00000000+AAAA\n"])
    def test_malformed_vkey_is_a_finding(self, log, bundle, content):
        assert failed_layer(verify(log.rewrite(bundle, lambda m: m | {"log.vkey": content}))) == "manifest"


class TestOperatorTampering:
    """The operator repairs the container and signs the manifest anew; the signed checkpoint stays."""

    def changed(self, log, bundle, items, **extra):
        entries = encode_entries(entry for entry, _ in items)
        return log.rewrite(bundle, lambda m: m | {ENTRIES: entries} | extra)

    def test_rewriting_without_a_change_still_verifies(self, log, bundle, items):
        assert verify(self.changed(log, bundle, items), log).ok

    def test_changed_entry_is_found_with_its_position(self, log, bundle, items, make_item):
        report = verify(self.changed(log, bundle, [*items[:3], make_item(77), *items[4:]]), log)

        assert failed_layer(report) == "log"
        assert [finding.position for finding in report.findings] == [3, None]

    def test_swapped_entries_are_found(self, log, bundle, items):
        report = verify(self.changed(log, bundle, [items[1], items[0], *items[2:]]), log)

        assert failed_layer(report) == "log"
        assert [finding.position for finding in report.findings] == [0, 1, None]

    def test_changed_entry_with_its_tile_recomputed_is_found_by_the_root(
        self, log, bundle, items, members_of
    ):
        changed = [items[1], items[0], *items[2:]]
        other = members_of(log.write(changed, name="other.zip"))
        path = log.rewrite(bundle, lambda m: m | {name: other[name] for name in (ENTRIES, PAYLOADS, TILE)})

        report = verify(path, log)

        assert failed_layer(report) == "log"
        assert "root over the entries" in report.findings[0].message

    def test_dropped_last_entry_is_found(self, log, bundle, items, members_of):
        assert failed_layer(verify(self.changed(log, bundle, items[:-1]), log)) == "log"

        shorter = members_of(log.write(items[:-1], name="shorter.zip"))
        shorter["checkpoint"] = members_of(bundle)["checkpoint"]
        assert failed_layer(verify(log.rewrite(bundle, lambda _: shorter), log)) == "log"

    def test_added_entry_is_found(self, log, bundle, items, make_item):
        assert failed_layer(verify(self.changed(log, bundle, [*items, make_item(6)]), log)) == "log"

    @pytest.mark.parametrize("name", ["HOWTO.md", ENTRIES, PAYLOADS, TILE, "checkpoint"])
    def test_dropped_member_is_found(self, log, bundle, name):
        path = log.rewrite(bundle, lambda m: {kept: m[kept] for kept in m if kept != name})

        report = verify(path, log)

        assert failed_layer(report) == "log"
        assert name in report.findings[0].message

    def test_added_tile_is_found(self, log, bundle):
        def add(members):
            names = ["HOWTO.md", "checkpoint", "log.vkey", TILE, "tile/1/000.p/1", ENTRIES, PAYLOADS]
            return {name: members.get(name, b"x" * 32) for name in names}

        assert failed_layer(verify(log.rewrite(bundle, add), log)) == "log"

    def test_changed_tile_is_found(self, log, bundle):
        path = log.rewrite(bundle, lambda m: m | {TILE: m[TILE][:-1] + b"x"})

        assert failed_layer(verify(path, log)) == "log"

    def test_changed_payload_is_found_with_its_position(self, log, bundle, items, make_item):
        records = [record for _, record in items[:4]] + [make_item(77)[1], items[5][1]]
        path = log.rewrite(bundle, lambda m: m | {PAYLOADS: encode_payloads(records)})

        report = verify(path, log)

        assert failed_layer(report) == "payloads"
        assert [finding.position for finding in report.findings] == [4]

    def test_dropped_payload_record_is_found(self, log, bundle, items):
        path = log.rewrite(bundle, lambda m: m | {PAYLOADS: encode_payloads(r for _, r in items[:5])})

        assert failed_layer(verify(path, log)) == "payloads"

    def test_checkpoint_of_an_impossible_size_is_found_at_once(self, log, bundle):
        note = sign_checkpoint(Checkpoint(log.vkey.name, 10**18, b"r" * 32), log.key).encode()

        assert failed_layer(verify(log.rewrite(bundle, lambda m: m | {"checkpoint": note}), log)) == "log"

    def test_manifest_for_other_members_is_found(self, log, bundle, members_of, pack_zip):
        members = members_of(bundle)
        del members["HOWTO.md"]

        path = pack_zip(bundle.with_name("other.zip"), members.items())

        assert failed_layer(verify(path, log)) == "manifest"

    def test_member_that_the_signed_manifest_does_not_pin_is_found(self, log, bundle, members_of, pack_zip):
        members = members_of(bundle) | {"HOWTO.md": b"Trust us."}

        report = verify(pack_zip(bundle.with_name("other.zip"), members.items()), log)

        assert failed_layer(report) == "manifest"
        assert "HOWTO.md" in report.findings[0].message


@pytest.mark.parametrize("name", ["checkpoint", "log.vkey", TILE, ENTRIES, PAYLOADS])
@pytest.mark.parametrize("content", [b"", b"\0", b"\n\n", b"\xff" * 300, b"[" * 5000, b"\0\0\0\1x" * 6])
def test_member_of_arbitrary_bytes_is_a_finding(log, bundle, name, content):
    """The verifier meets it with a valid container and manifest, pinned key or not."""
    path = log.rewrite(bundle, lambda m: m | {name: content})

    assert not verify(path, log).ok
    assert not verify(path).ok


def test_erased_payload_is_reported_and_does_not_fail(log, items):
    erased = [(entry, None if n == 2 else record) for n, (entry, record) in enumerate(items)]

    report = verify(log.write(erased), log)

    assert (report.ok, report.erased, report.unchecked_for_erasure) == (True, 1, 1)
    assert report.layers[3].count == 5


def test_entry_that_is_no_event_is_a_finding_of_the_payload_layer(log, items):
    report = verify(log.write([*items, (b"not an event", b"")]), log)

    assert failed_layer(report) == "payloads"
    assert report.findings[0].position == 6


def test_what_the_rules_find_fails_the_replay_layer(log, make_item):
    report = verify(log.write([make_item(number) for number in (0, 1, 7)]), log)

    assert failed_layer(report) == "replay"
    assert (report.findings[0].position, report.findings[0].subject) == (2, "agr_1")


def test_exception_in_a_rule_is_a_finding(log, bundle):
    rules = ReplayRules()

    @rules.on("delivery.recorded")
    def stumble(replay, event):
        raise RuntimeError

    report = verify(bundle, log, rules=rules)

    assert failed_layer(report) == "replay"
    assert [finding.position for finding in report.findings] == [0, 1, 2, 3, 4, 5]
