import pytest

from tests.factories.datasets import content_digest, load_curve


def upload(market, body, *, to="/datasets/", by=None, digest=None, filename="load.csv", key=None):
    return market.api(by or market.grid_co).post(
        f"{to}?filename={filename}",
        data=body,
        key=key,
        headers={"Content-Digest": digest or content_digest(body)},
        content_type="application/octet-stream",
    )


class TestUpload:
    def test_becomes_the_first_revision_of_a_new_data_set(self, market):
        answer = upload(market, load_curve(48))

        assert (answer.status_code, answer.json["number"], answer.json["rows"]) == (201, 1, 48)
        assert [field["name"] for field in answer.json["schema"]["fields"]] == ["time", "load_kw", "remark"]

    def test_is_named_after_its_file_unless_told(self, market):
        upload(market, load_curve(48))
        upload(market, load_curve(48), to="/datasets/", filename="x.csv&name=Feeder 7")

        names = {item["name"] for item in market.api(market.grid_co).get("/datasets/").json}
        assert {"load.csv", "Feeder 7"} <= names

    def test_may_be_larger_than_other_requests(self, market):
        body = load_curve(40_000)

        assert len(body) > market.context.settings.max_body_bytes
        assert upload(market, body).json["rows"] == 40_000

    def test_sent_again_with_its_key_is_one_data_set(self, market):
        first, second = (upload(market, load_curve(48), key="up-1") for _ in range(2))

        assert second.json["dataset_id"] == first.json["dataset_id"]
        assert second.headers["Idempotency-Replayed"] == "true"

    def test_with_the_key_of_another_file_is_refused(self, market):
        upload(market, load_curve(48), key="up-1")

        answer = upload(market, load_curve(24), key="up-1")

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Idempotency-Key")

    def test_without_a_digest_is_refused(self, market):
        answer = market.api(market.grid_co).post("/datasets/?filename=load.csv", data=load_curve())

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Content-Digest")

    def test_of_other_bytes_than_the_digest_is_refused(self, market):
        answer = upload(market, load_curve()[:-1], digest=content_digest(load_curve()))

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "Content-Digest")

    def test_that_cannot_be_read_says_why(self, market):
        answer = upload(market, b"\x00\x01", filename="load.exe")

        assert (answer.status_code, answer.json["code"]) == (422, "unreadable-source")

    @pytest.mark.parametrize("who", ["forecast_lab", "operator", "regulator"])
    def test_is_for_providers(self, market, who):
        assert upload(market, load_curve(), by=getattr(market, who)).status_code == 403


class TestRevisions:
    def test_count_on(self, market):
        path = f"/datasets/{market.dataset_id}/revisions"

        assert upload(market, load_curve(shift=1), to=path).json["number"] == 2
        listed = market.api(market.regulator).get(path).json
        assert [item["number"] for item in listed] == [2, 1]

    def test_of_another_providers_data_set_are_not_there(self, market):
        path = f"/datasets/{market.dataset_id}/revisions"

        assert market.api(market.rival).get(path).status_code == 404
        assert upload(market, load_curve(shift=1), to=path, by=market.rival).status_code == 404

    def test_are_not_shown_to_buyers(self, market):
        path = f"/datasets/{market.dataset_id}/revisions"

        assert market.api(market.forecast_lab).get(path).status_code == 403

    def test_are_files_with_their_ranges(self, market):
        listed = market.api(market.grid_co).get(f"/datasets/{market.dataset_id}/revisions/1/files").json

        assert [(file["number"], file["rows"], file["time_to"]) for file in listed] == [
            (1, 96, "2026-06-01T23:45:00")
        ]

    def test_that_are_not_there_have_no_files(self, market):
        path = f"/datasets/{market.dataset_id}/revisions/9/files"

        assert market.api(market.grid_co).get(path).status_code == 404

    def test_of_a_data_set_that_is_shown_to_its_provider_only(self, market):
        path = f"/datasets/{market.dataset_id}"

        assert market.api(market.grid_co).get(path).json["id"] == market.dataset_id
        assert market.api(market.rival).get(path).status_code == 404


class TestLoadSchemas:
    DOCUMENT = {  # noqa: RUF012 - read only
        "form": "wdx-load-schema/1",
        "columns": [
            {"name": "time", "type": "timestamp", "nullable": False},
            {"name": "load_kw", "type": "number", "unit": "MW"},
            {"name": "remark", "drop": True},
        ],
        "time_column": "time",
    }

    def keep(self, market, document=None, by=None):
        body = {"document": document or self.DOCUMENT}
        return market.api(by or market.grid_co).post("/datasets/load-schemas", body)

    def test_are_kept_and_named_by_an_upload(self, market):
        kept = self.keep(market).json

        answer = upload(market, load_curve(48), filename=f"load.csv&load_schema={kept['id']}")

        assert answer.json["load_schema_id"] == kept["id"]
        assert [(item["name"], item["unit"]) for item in answer.json["schema"]["fields"]] == [
            ("time", None),
            ("load_kw", "MW"),
        ]
        shown = market.api(market.grid_co).get(f"/datasets/load-schemas/{kept['id']}").json
        assert shown["document"]["columns"][2]["drop"] is True

    def test_with_an_unknown_member_are_refused_by_its_name(self, market):
        answer = self.keep(market, self.DOCUMENT | {"colour": "red"})

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "colour")

    def test_of_another_provider_are_not_there(self, market):
        kept = self.keep(market).json

        assert market.api(market.rival).get(f"/datasets/load-schemas/{kept['id']}").status_code == 404
        filename = f"load.csv&load_schema={kept['id']}"
        assert upload(market, load_curve(48), filename=filename, by=market.rival).status_code == 404

    def test_are_for_providers(self, market):
        assert self.keep(market, by=market.forecast_lab).status_code == 403
