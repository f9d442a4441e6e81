import pytest

NOTICE = {
    "kind": "update_delayed",
    "text_zh": "六月数据推迟两天",
    "text_en": "The data of June are two days late",
    "effective_on": "2026-12-03",
}


def publish(market, *, by=None, key=None, **changes):
    api = market.api(by or market.grid_co)
    return api.post(f"/datasets/{market.dataset_id}/notices", {**NOTICE, **changes}, key=key)


class TestPublish:
    def test_gives_the_notice(self, market):
        answer = publish(market, affects=["load_kw"])

        assert (answer.status_code, answer.json["affects"], answer.json["dataset_name"]) == (
            201,
            ["load_kw"],
            "Load curve",
        )
        assert market.api(market.grid_co).get(f"/notices/{answer.json['id']}").json == answer.json

    def test_sent_again_with_its_key_is_one_notice(self, market):
        first, second = (publish(market, key="n-1") for _ in range(2))

        assert first.json["id"] == second.json["id"]
        assert len(market.api(market.grid_co).get("/notices").json) == 1

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"kind": "revision_revoked"}, "kind"),
            ({"kind": "gossip"}, "kind"),
            ({"text_zh": ""}, "text_zh"),
            ({"effective_on": "tomorrow"}, "effective_on"),
            ({"affects": ["wind"]}, "affects"),
        ],
    )
    def test_of_another_shape_names_the_field(self, market, changes, field):
        answer = publish(market, **changes)

        assert (answer.status_code, field in answer.json["errors"][0]["field"]) == (422, True)

    @pytest.mark.parametrize(
        ("who", "status"), [("rival", 404), ("forecast_lab", 403), ("operator", 403), ("regulator", 403)]
    )
    def test_is_for_the_provider_of_the_data_set(self, market, who, status):
        assert publish(market, by=getattr(market, who)).status_code == status


class TestReading:
    def test_takes_it_from_the_unread_ones(self, market):
        market.agreements.executed()
        notice_id = publish(market).json["id"]
        buyer = market.api(market.forecast_lab)
        before = buyer.get("/notices", unread="true").json

        answer = buyer.post(f"/notices/{notice_id}/reading")

        assert [item["id"] for item in before] == [notice_id]
        assert answer.json["read_at"] is not None
        assert buyer.get("/notices", unread="true").json == []
        assert len(buyer.get("/notices", dataset_id=market.dataset_id).json) == 1

    def test_is_not_for_those_it_does_not_concern(self, market):
        notice_id = publish(market).json["id"]

        assert market.api(market.rival).post(f"/notices/{notice_id}/reading").status_code == 404
        assert market.api(market.regulator).post(f"/notices/{notice_id}/reading").status_code == 403

    def test_lists_are_paged(self, market):
        made = [publish(market).json["id"] for _ in range(3)]
        provider = market.api(market.grid_co)

        assert [item["id"] for item in provider.get("/notices", limit=2).json] == made[:0:-1]
        assert [item["id"] for item in provider.get("/notices", before=made[1]).json] == made[:1]
