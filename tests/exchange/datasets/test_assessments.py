"""A revision is described again by what its provider declares; the next one inherits the declaration."""

import pytest

from exchange.core.events import find_events
from exchange.datasets import queries
from tests.exchange.datasets.test_api import upload
from tests.factories.datasets import load_curve

DECLARED = {
    "calendar": {"zone": "Asia/Shanghai", "label": "start"},
    "update_every": "P1D",
    "rules": [{"kind": "range", "column": "load_kw", "min": 0, "max": 10}],
    "sample": False,
}


@pytest.fixture
def revision_id(market):
    return market.api(market.grid_co).get(f"/datasets/{market.dataset_id}/revisions").json[0]["id"]


def assess(market, revision_id, declared=None, *, by=None, key=None):
    path = f"/datasets/revisions/{revision_id}/quality"
    return market.api(by or market.grid_co).post(path, DECLARED if declared is None else declared, key=key)


class TestAssessment:
    def test_judges_by_the_declaration_over_all_rows(self, market, revision_id):
        before = (
            market.api(market.grid_co).get(f"/datasets/revisions/{revision_id}/quality").json["profile"]
        )

        answer = assess(market, revision_id)

        profile = answer.json["profile"]
        assert answer.status_code == 201
        assert before["quality"]["scores"]["accuracy"] is None
        assert (profile["rules"][0]["checked"], profile["rules"][0]["violations"]) == (96, 15)
        assert profile["quality"]["scores"]["accuracy"] == 84
        assert profile["quality"]["evidence"]["timeliness"]["facts"]["as_of"] == "2026-11-24"

    def test_speaks_for_the_revision_from_then_on(self, market, revision_id):
        assess(market, revision_id)
        assess(market, revision_id, {"update_every": "P1Y"})

        known = (
            market.api(market.regulator).get(f"/datasets/revisions/{revision_id}/quality").json["profile"]
        )
        card = market.read(queries.get_revision_card, revision_id)
        assert known["declaration"]["update_every"] == "P1Y"
        assert card.profile == known

    def test_is_a_fact_of_the_log(self, market, revision_id):
        assess(market, revision_id)

        with market.context.database.reading() as session:
            (event,) = find_events(session, [market.dataset_id], ["dataset.quality_assessed"])
        assert event.actor == market.grid_co.actor.person_id

    def test_sent_again_with_its_key_is_one(self, market, revision_id):
        first, second = (assess(market, revision_id, key="q-1") for _ in range(2))

        assert second.headers["Idempotency-Replayed"] == "true"
        assert first.json == second.json

    def test_holds_for_the_next_revision(self, market, revision_id):
        assess(market, revision_id)

        added = upload(market, load_curve(shift=1), to=f"/datasets/{market.dataset_id}/revisions").json

        assert added["profile"]["declaration"]["update_every"] == "P1D"
        assert added["profile"]["rules"][0]["checked"] == 96

    @pytest.mark.parametrize(
        ("declared", "field"),
        [
            ({"calendar": {"kind": "lunar"}}, "calendar.kind"),
            ({"rules": [{"kind": "not-null", "column": "price"}]}, "rules.0"),
        ],
    )
    def test_by_a_wrong_declaration_is_refused(self, market, revision_id, declared, field):
        answer = assess(market, revision_id, declared)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, field)

    def test_is_for_the_provider_of_the_data(self, market, revision_id):
        assert assess(market, revision_id, by=market.rival).status_code == 404
        assert assess(market, revision_id, by=market.operator).status_code == 403
        path = f"/datasets/revisions/{revision_id}/quality"
        assert market.api(market.rival).get(path).status_code == 404
        assert market.api(market.forecast_lab).get(path).status_code == 403
