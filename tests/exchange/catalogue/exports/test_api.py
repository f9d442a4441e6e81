import json

import pytest
from rdflib import DCTERMS, Graph, Namespace
from sqlalchemy import event

from exchange.catalogue.exports.schemas import MOST_LISTINGS
from tests.factories.full_listing import give_full_content
from tests.factories.participants import register

DCAT = Namespace("http://www.w3.org/ns/dcat#")
KINDS = ("odrl", "odcs", "datapackage", "croissant", "sample")


def identifiers(answer) -> set[str]:
    graph = Graph().parse(data=answer.data, format="turtle")
    return {
        str(name)
        for item in graph.objects(None, DCAT.dataset)
        for name in graph.objects(item, DCTERMS.identifier)
    }


def catalogue(market, member, **asked):
    return market.api(member).get("/exports/catalogue", **asked)


@pytest.mark.parametrize("kind", KINDS)
class TestOneListing:
    def test_is_exported_for_whoever_may_see_it(self, market, kind):
        answer = market.api(market.forecast_lab).get(f"/exports/listings/{market.listing_id}/{kind}")

        assert answer.status_code == 200
        assert answer.data

    def test_that_is_not_on_offer_is_not_there(self, market, kind):
        draft = market.drafted()

        answer = market.api(market.grid_co).get(f"/exports/listings/{draft.listing_id}/{kind}")

        assert (answer.status_code, answer.json["code"]) == (404, "not-found")

    def test_is_not_for_strangers(self, market, kind):
        assert market.api().get(f"/exports/listings/{market.listing_id}/{kind}").status_code == 401


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("odrl", "application/ld+json"),
        ("odcs", "application/yaml"),
        ("datapackage", "application/json"),
        ("croissant", "application/ld+json"),
        ("sample", "text/csv"),
    ],
)
def test_a_document_says_what_it_is(market, path, media_type):
    answer = market.api(market.forecast_lab).get(f"/exports/listings/{market.listing_id}/{path}")

    assert answer.mimetype == media_type
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert market.listing_id in answer.headers["Content-Disposition"]


class TestVisibility:
    @pytest.mark.parametrize(
        ("visibility", "buyer", "rival"),
        [
            ({"audience": "public", "allow": [], "deny": []}, True, True),
            ({"audience": "certified", "allow": [], "deny": []}, True, True),
            ({"audience": "private", "allow": ["rival"], "deny": []}, False, True),
            ({"audience": "public", "allow": [], "deny": ["rival"]}, True, False),
        ],
    )
    def test_holds_in_the_catalogue_and_for_every_document(self, market, visibility, buyer, rival):
        named = {
            **visibility,
            "allow": [market.rival.organisation_id] * len(visibility["allow"]),
            "deny": [market.rival.organisation_id] * len(visibility["deny"]),
        }
        give_full_content(market.context, market.listing_id, visibility=named)

        for member, sees in ((market.forecast_lab, buyer), (market.rival, rival), (market.grid_co, True)):
            assert (market.listing_id in identifiers(catalogue(market, member))) is sees
            for kind in KINDS:
                answer = market.api(member).get(f"/exports/listings/{market.listing_id}/{kind}")
                assert answer.status_code == (200 if sees else 404)
        assert market.listing_id in identifiers(catalogue(market, market.regulator))

    def test_a_certified_listing_is_not_for_an_organisation_that_waits_for_verification(self, market):
        newcomer = market.do(lambda session, now: register(session, "new", "buyer", number=9, now=now))
        give_full_content(market.context, market.listing_id)

        assert identifiers(catalogue(market, newcomer)) == set()

    def test_a_certified_listing_is_for_a_newcomer_whom_it_names(self, market):
        newcomer = market.do(lambda session, now: register(session, "new", "buyer", number=9, now=now))
        named = {"audience": "certified", "allow": [newcomer.organisation_id], "deny": []}
        give_full_content(market.context, market.listing_id, visibility=named)

        assert identifiers(catalogue(market, newcomer)) == {market.listing_id}


def test_no_cell_of_a_hidden_column_leaves(market):
    """The market's third column reads "row 0", "row 1" and so on."""
    hidden = give_full_content(market.context, market.listing_id)["hidden"]

    sample = market.api(market.forecast_lab).get(f"/exports/listings/{market.listing_id}/sample")

    assert hidden == "remark"
    assert sample.data.startswith(b"time,load_kw\r\n")
    for kind in KINDS:
        answer = market.api(market.forecast_lab).get(f"/exports/listings/{market.listing_id}/{kind}")
        assert b"row 1" not in answer.data


class TestPages:
    @pytest.fixture
    def listed(self, market):
        """Three listings on offer in the order of their ids."""
        more = [market.decided(market.submitted(market.drafted())).listing_id for _ in range(2)]
        return sorted([market.listing_id, *more])

    def test_name_the_next_one_until_there_is_none(self, market, listed):
        seen, after, answers = [], "", 0
        while after is not None:
            answer = catalogue(market, market.forecast_lab, limit=2, after=after)
            seen += sorted(identifiers(answer))
            answers += 1
            link = answer.headers.get("Link")
            after = link and link.partition("after=")[2].partition("&")[0].partition(">")[0]

        assert (seen, answers) == (listed, 2)

    def test_that_are_exactly_full_have_no_empty_one_after_them(self, market, listed):
        assert "Link" not in catalogue(market, market.forecast_lab, limit=3).headers

    def test_leave_no_gap_for_a_listing_that_the_caller_may_not_see(self, market, listed):
        hidden = {"audience": "private", "allow": [], "deny": []}
        give_full_content(market.context, listed[0], visibility=hidden)

        first = catalogue(market, market.forecast_lab, limit=1)

        assert identifiers(first) == {listed[1]}
        assert f"after={listed[1]}" in first.headers["Link"]

    @pytest.mark.parametrize("asked", [{"limit": MOST_LISTINGS + 1}, {"limit": 0}, {"format": "xml"}])
    def test_are_bounded_and_of_a_known_format(self, market, asked):
        answer = catalogue(market, market.forecast_lab, **asked)

        assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, *asked)

    def test_take_a_bounded_number_of_questions(self, market, listed):
        asked = []
        event.listen(
            market.context.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2])
        )
        for limit in (1, 3):
            catalogue(market, market.forecast_lab, limit=limit)
            asked.append("|")

        first, second, _ = "\n".join(asked).split("|")
        assert first.count("SELECT") == second.count("SELECT") > 0


def test_names_begin_with_the_public_address(market, monkeypatch):
    object.__setattr__(market.context.settings, "public_url", "https://data.example/")

    offer = market.api(market.forecast_lab).get(f"/exports/listings/{market.listing_id}/odrl")

    assert json.loads(offer.data)["uid"].startswith("https://data.example/catalogue/lst_")


def test_the_version_before_is_named_once_there_was_one(market):
    market.decided(market.submitted(market.edited(title_en="Load curve, corrected")))

    graph = Graph().parse(data=catalogue(market, market.forecast_lab).data, format="turtle")

    (before,) = graph.objects(None, DCAT.previousVersion)
    assert str(before).endswith(f"{market.listing_id}#version-1")
