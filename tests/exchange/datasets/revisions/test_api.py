import pytest

from exchange.core import canonical
from tests.factories.datasets import content_digest, load_curve
from tests.factories.revisions import WITHOUT_REMARK


@pytest.fixture
def path(market):
    return f"/datasets/{market.dataset_id}"


def upload(market, path, body, *, by=None, key=None):
    return market.api(by or market.grid_co).post(
        path,
        data=body,
        key=key,
        headers={"Content-Digest": content_digest(body)},
        content_type="application/octet-stream",
    )


def stored_files(market):
    storage = market.context.storage
    return [file.key for file in storage.storage.find("")], list(storage.incoming.iterdir())


class TestUpload:
    def test_of_a_breaking_revision_is_refused_with_the_remedy(self, market, path):
        market.agreements.executed()
        answer = upload(market, f"{path}/revisions?filename=load.csv", WITHOUT_REMARK)

        assert (answer.status_code, answer.json["code"]) == (409, "breaking-change")
        assert (answer.json["context"]["agreements"], answer.json["errors"][0]["field"]) == (
            1,
            "breaking_change",
        )
        assert answer.json["context"]["reasons"][0]["code"] == "column_removed"

    def test_declared_as_a_new_version_comes_in_once_per_key(self, market, path):
        market.agreements.executed()
        to = f"{path}/revisions?filename=load.csv&breaking_change=new_version"
        first, second = (upload(market, to, WITHOUT_REMARK, key="up-2") for _ in range(2))

        assert (first.status_code, first.json["number"]) == (201, 2)
        assert (second.data, second.headers["Idempotency-Replayed"]) == (first.data, "true")
        assert len(market.revisions.events("dataset.breaking_change_declared")) == 1


class TestCheck:
    def test_keeps_no_revision_and_no_file(self, market, path):
        before = stored_files(market)
        answer = upload(market, f"{path}/revision-checks?filename=load.csv", load_curve(shift=1))

        assert (answer.status_code, answer.json["number"], answer.json["compatibility"]["verdict"]) == (
            200,
            2,
            "compatible",
        )
        assert stored_files(market) == before
        assert [entry["number"] for entry in market.api(market.grid_co).get(f"{path}/history").json] == [1]

    def test_says_why_a_file_cannot_be_read(self, market, path):
        answer = upload(market, f"{path}/revision-checks?filename=load.exe", b"\0")

        assert (answer.status_code, answer.json["code"]) == (422, "unreadable-source")

    def test_is_for_providers(self, market, path):
        answer = upload(
            market, f"{path}/revision-checks?filename=a.csv", load_curve(), by=market.forecast_lab
        )

        assert answer.status_code == 403


class TestDiff:
    def test_is_a_canonical_document(self, market, path):
        market.revisions.add(shift=1)
        answer = market.api(market.grid_co).get(f"{path}/revisions/1/diff/2")

        document = canonical.from_bytes(answer.data)
        assert (document["format"], document["rows"]["changed"]) == ("wdx-revision-diff/1", 96)

    def test_takes_a_key_of_several_columns(self, market, path):
        market.revisions.add(shift=1)
        answer = market.api(market.grid_co).send("GET", f"{path}/revisions/1/diff/2?key=time,+remark")

        assert answer.json["rows"]["key"] == ["time", "remark"]

    def test_shows_a_stranger_counts_only(self, market, path):
        market.revisions.add(shift=1)
        answer = market.api(market.rival).get(f"{path}/revisions/1/diff/2")

        assert (answer.status_code, answer.json["masked"]) == (200, ["load_kw", "remark", "time"])

    def test_of_large_revisions_says_to_come_back(self, market, path, monkeypatch):
        monkeypatch.setitem(vars(market.context.settings), "diff_inline_cells", 0)
        market.revisions.add(shift=1)
        answer = market.api(market.grid_co).get(f"{path}/revisions/1/diff/2")

        assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (
            503,
            "diff-pending",
            "2",
        )


class TestRevocation:
    def revoke(self, market, path, *, by=None, key=None, **body):
        api = market.api(by or market.grid_co)
        return api.post(f"{path}/revisions/1/revocation", {"reason": "meter was faulty", **body}, key=key)

    def test_is_shown_in_the_history_and_on_the_listing(self, market, path):
        assert self.revoke(market, path).json["reason"] == "meter was faulty"

        buyer = market.api(market.forecast_lab)
        assert buyer.get(f"{path}/history").json[0]["revoked_reason"] == "meter was faulty"
        assert buyer.get(f"/listings/{market.listing_id}").json["revoked_reason"] == "meter was faulty"

    def test_sent_again_with_its_key_has_one_effect(self, market, path):
        first, second = (self.revoke(market, path, key="rv-1") for _ in range(2))

        assert (second.data, second.headers["Idempotency-Replayed"]) == (first.data, "true")
        assert len(market.revisions.events("dataset.revision_revoked")) == 1

    @pytest.mark.parametrize("reason", ["", "x" * 501])
    def test_needs_a_reason(self, market, path, reason):
        assert self.revoke(market, path, reason=reason).status_code == 422

    @pytest.mark.parametrize(("who", "status"), [("rival", 404), ("forecast_lab", 403), ("regulator", 403)])
    def test_is_for_the_provider_and_the_operator(self, market, path, who, status):
        assert self.revoke(market, path, by=getattr(market, who)).status_code == status
        assert self.revoke(market, path, by=market.operator).status_code == 200
