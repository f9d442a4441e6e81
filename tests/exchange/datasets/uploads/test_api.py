import base64
import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.datasets.uploads.sweeping import remove_expired_uploads
from tests.factories.datasets import load_curve
from tests.factories.revisions import WITHOUT_REMARK
from tests.factories.uploads import PART_TYPE

BODY = load_curve()


def settings_of(market, **changes):
    market.context = replace(market.context, settings=replace(market.context.settings, **changes))


class TestAnUpload:
    def test_becomes_the_revision_that_one_request_would_have_made(self, market, uploads):
        upload_id = uploads.received(BODY, name="Feeder 7")
        assert uploads.shown(upload_id)["state"] == "processing"

        uploads.read()

        done = uploads.shown(upload_id)
        assert (done["state"], done["revision"]["sha256"]) == ("done", market.ingested.sha256)
        assert (done["revision"]["number"], done["revision"]["rows"]) == (1, 96)
        names = {item["name"] for item in market.api(market.grid_co).get("/datasets/").json}
        assert "Feeder 7" in names

    def test_may_become_the_next_revision_of_a_data_set(self, market, uploads):
        upload_id = uploads.received(load_curve(shift=1), dataset_id=market.dataset_id)

        uploads.read()

        revision = uploads.shown(upload_id)["revision"]
        assert (revision["dataset_id"], revision["number"]) == (market.dataset_id, 2)

    def test_that_breaks_agreements_ends_with_the_remedy_unless_it_is_declared(self, market, uploads):
        market.agreements.executed()
        to = {"dataset_id": market.dataset_id}
        refused = uploads.received(WITHOUT_REMARK, **to)
        declared = uploads.received(WITHOUT_REMARK, breaking_change="new_version", **to)

        uploads.read()
        uploads.read()

        fault = uploads.shown(refused)["fault"]
        assert (fault["code"], "breaking_change=new_version" in fault["remedy"]) == (
            "breaking-change",
            True,
        )
        assert uploads.shown(declared)["revision"]["number"] == 2

    def test_says_where_it_stands(self, market, uploads):
        upload_id = uploads.begun(BODY).json["id"]
        uploads.part(upload_id, 0, BODY[:1000])

        head = market.api(market.grid_co).send("HEAD", f"/uploads/{upload_id}")

        assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("1000", str(len(BODY)))
        assert head.headers["Tus-Resumable"] == "1.0.0"
        assert head.headers["Cache-Control"] == "no-store"
        assert "GMT" in head.headers["Upload-Expires"]

    def test_that_cannot_be_read_says_why(self, uploads):
        upload_id = uploads.received(b"time,load\n2026-01-01,1,2,3\n", parts=1)

        uploads.read()

        failed = uploads.shown(upload_id)
        assert (failed["state"], failed["fault"]["code"]) == ("failed", "unreadable-source")
        assert "line 2" in failed["fault"]["detail"]

    def test_of_other_bytes_than_announced_fails(self, market, uploads):
        """All checksums of parts were right; only the whole shows that the file changed meanwhile."""
        upload_id = uploads.received(BODY, sha256=hashlib.sha256(b"another file").hexdigest())

        uploads.read()

        assert uploads.shown(upload_id)["fault"]["code"] == "checksum-mismatch"

    def test_leaves_nothing_but_its_revision(self, market, uploads):
        storage = market.context.storage.storage
        before = {file.key for file in storage.find("revisions/")}

        uploads.received()
        uploads.read()

        assert list(storage.find("uploads/")) == []
        assert len({file.key for file in storage.find("revisions/")} - before) == 1
        assert list(storage.incoming.iterdir()) == []

    def test_lies_sealed_while_it_is_on_its_way(self, market, uploads):
        uploads.received()
        folder = market.context.storage.storage.folder

        contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]

        assert len(contents) == 4
        assert [content for content in contents if b"load_kw" in content or b"row 7" in content] == []

    def test_begun_again_with_its_key_is_the_same_upload(self, uploads):
        first, second = (uploads.begun(BODY, key="begin-1") for _ in range(2))

        assert second.json["id"] == first.json["id"]


class TestAPart:
    @pytest.fixture
    def upload_id(self, uploads):
        upload_id = uploads.begun(BODY).json["id"]
        uploads.part(upload_id, 0, BODY[:100])
        return upload_id

    @pytest.mark.parametrize("start", [0, 99, 101, 4000])
    def test_that_does_not_begin_at_the_offset_is_refused(self, uploads, upload_id, start):
        answer = uploads.part(upload_id, start, BODY[start : start + 10])

        assert (answer.status_code, answer.json["code"]) == (409, "offset-mismatch")
        assert uploads.shown(upload_id)["received_bytes"] == 100

    def test_with_a_wrong_checksum_is_not_kept(self, market, uploads, upload_id):
        answer = uploads.part(
            upload_id,
            100,
            BODY[100:200],
            **{"Upload-Checksum": f"sha256 {base64.b64encode(b'x' * 32).decode()}"},
        )

        assert (answer.status_code, answer.json["code"]) == (460, "checksum-mismatch")
        assert uploads.shown(upload_id)["received_bytes"] == 100
        assert len(list(market.context.storage.storage.find("uploads/"))) == 1

    def test_may_be_checked_with_sha1_as_the_protocol_demands(self, uploads, upload_id):
        checksum = base64.b64encode(hashlib.sha1(BODY[100:200]).digest()).decode()

        answer = uploads.part(upload_id, 100, BODY[100:200], **{"Upload-Checksum": f"sha1 {checksum}"})

        assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, "200")

    @pytest.mark.parametrize("value", ["md5 eHg=", "sha256 ???", "sha256"])
    def test_with_an_unusable_checksum_is_refused(self, uploads, upload_id, value):
        answer = uploads.part(upload_id, 100, BODY[100:200], **{"Upload-Checksum": value})

        assert answer.status_code in {422, 460}
        assert uploads.shown(upload_id)["received_bytes"] == 100

    def test_beyond_the_end_of_the_file_is_refused(self, uploads, upload_id):
        answer = uploads.part(upload_id, 100, BODY[100:] + b"more")

        assert (answer.status_code, answer.json["code"]) == (422, "part-too-long")

    def test_larger_than_one_request_may_be_is_refused(self, market, uploads):
        settings_of(market, upload_part_bytes=1024)
        market.__dict__.pop("app", None)
        upload_id = uploads.begun(BODY).json["id"]

        assert uploads.part(upload_id, 0, BODY[:2000]).status_code in {413, 422}
        assert uploads.part(upload_id, 0, BODY[:1024]).status_code == 204

    def test_of_another_type_is_refused(self, market, upload_id):
        answer = market.api(market.grid_co).send(
            "PATCH", f"/uploads/{upload_id}", data=b"x", headers={"Upload-Offset": "100"}
        )

        assert answer.status_code == 415

    def test_of_nothing_is_refused(self, uploads, upload_id):
        assert uploads.part(upload_id, 100, b"").status_code == 422

    def test_after_the_last_one_is_refused(self, uploads):
        upload_id = uploads.received()

        answer = uploads.part(upload_id, len(BODY), b"more")

        assert (answer.status_code, answer.json["code"]) == (409, "upload-ended")


class TestWho:
    @pytest.mark.parametrize("who", ["forecast_lab", "operator", "regulator"])
    def test_uploading_is_for_providers(self, market, uploads, who):
        assert uploads.begun(BODY, by=getattr(market, who)).status_code == 403

    def test_another_persons_upload_is_not_there(self, market, uploads):
        upload_id = uploads.begun(BODY).json["id"]
        other = market.api(market.rival)

        answers = [
            other.get(f"/uploads/{upload_id}"),
            uploads.part(upload_id, 0, BODY, by=market.rival),
            other.send("DELETE", f"/uploads/{upload_id}"),
        ]

        assert [answer.status_code for answer in answers] == [404, 404, 404]
        assert other.get("/uploads").json == []
        assert [item["id"] for item in market.api(market.grid_co).get("/uploads").json] == [upload_id]

    def test_another_providers_data_set_is_not_there(self, market, uploads):
        assert uploads.begun(BODY, by=market.rival, dataset_id=market.dataset_id).status_code == 404


class TestLimits:
    def test_a_file_larger_than_the_limit_is_refused_before_a_byte_is_sent(self, market, uploads):
        answer = uploads.begun(BODY, size_bytes=market.context.settings.max_upload_bytes + 1)

        assert (answer.status_code, answer.json["code"]) == (429, "upload-too-large")

    @pytest.mark.parametrize("limit", [{"uploads_at_once": 2}, {"upload_quota_bytes": 2 * len(BODY)}])
    def test_a_person_has_only_so_much_under_way(self, market, uploads, limit):
        settings_of(market, **limit)
        market.__dict__.pop("app", None)

        answers = [uploads.begun(BODY) for _ in range(3)]

        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert answers[2].json["code"] == "upload-quota-exceeded"
        assert uploads.begun(BODY, by=market.rival).status_code == 201

    def test_ended_uploads_do_not_count(self, market, uploads):
        settings_of(market, uploads_at_once=1)
        market.__dict__.pop("app", None)

        uploads.received()
        uploads.read()

        assert uploads.begun(BODY).status_code == 201

    def test_an_upload_that_nobody_continues_is_removed(self, market, uploads):
        upload_id = uploads.begun(BODY).json["id"]
        uploads.part(upload_id, 0, BODY[:100])
        hours = market.context.settings.upload_hours

        assert remove_expired_uploads(market.context, now=market.now + timedelta(hours=hours)) == 0
        assert (
            remove_expired_uploads(market.context, now=market.now + timedelta(hours=hours, seconds=1)) == 1
        )

        assert market.api(market.grid_co).get(f"/uploads/{upload_id}").status_code == 404
        assert list(market.context.storage.storage.find("uploads/")) == []

    def test_cancelling_removes_it_at_once(self, market, uploads):
        upload_id = uploads.begun(BODY).json["id"]
        api = market.api(market.grid_co)

        assert api.send("DELETE", f"/uploads/{upload_id}").status_code == 204
        assert api.get(f"/uploads/{upload_id}").status_code == 404

    def test_a_file_that_is_being_read_cannot_be_cancelled(self, market, uploads):
        upload_id = uploads.received()

        assert market.api(market.grid_co).send("DELETE", f"/uploads/{upload_id}").status_code == 409


class TestProtocol:
    def metadata(self, **values):
        return ",".join(
            f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items()
        )

    def create(self, market, **headers):
        return market.api(market.grid_co).send("POST", "/uploads", headers=headers)

    def test_an_upload_is_created_with_headers_alone(self, market, uploads):
        answer = self.create(
            market,
            **{
                "Tus-Resumable": "1.0.0",
                "Upload-Length": str(len(BODY)),
                "Upload-Metadata": self.metadata(
                    filename="load.csv",
                    sha256=hashlib.sha256(BODY).hexdigest(),
                    text_columns="remark, load_kw",
                ),
            },
        )
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/uploads/{answer.json['id']}"
        uploads.part(answer.json["id"], 0, BODY)
        uploads.read()

        fields = uploads.shown(answer.json["id"])["revision"]["schema"]["fields"]
        assert [field["type"] for field in fields] == ["timestamp", "text", "text"]

    @pytest.mark.parametrize(
        ("headers", "field"),
        [
            ({"Upload-Length": "many"}, "Upload-Length"),
            ({"Upload-Length": "10", "Upload-Metadata": "filename ???"}, "Upload-Metadata"),
            ({"Upload-Length": "10", "Upload-Metadata": "filename /w=="}, "Upload-Metadata"),
            ({"Upload-Length": "10"}, "filename"),
        ],
    )
    def test_a_malformed_creation_names_what_is_wrong(self, market, headers, field):
        answer = self.create(market, **headers)

        assert answer.status_code == 422
        assert field in {item["field"] for item in answer.json["errors"]}

    def test_another_version_is_refused_with_ours(self, market, uploads):
        answer = self.create(market, **{"Tus-Resumable": "0.2.2", "Upload-Length": "10"})

        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")

    def test_options_tell_what_is_spoken(self, market):
        answer = market.api().send("OPTIONS", "/uploads")

        assert answer.headers["Tus-Extension"] == "creation,checksum,termination,expiration"
        assert answer.headers["Tus-Checksum-Algorithm"] == "sha256,sha1"
        assert int(answer.headers["Tus-Max-Size"]) == market.context.settings.max_upload_bytes

    def test_a_part_has_its_type(self):
        assert PART_TYPE == "application/offset+octet-stream"
