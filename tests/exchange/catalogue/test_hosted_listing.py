"""A listing whose data stay with the provider, from its draft to its end."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange import migrations
from exchange.catalogue import service
from exchange.catalogue.disclosure.service import disclose
from exchange.catalogue.errors import ListingInvalid
from exchange.catalogue.lifecycle import delist_listing, resume_listing, suspend_listing
from exchange.catalogue.queries import get_listing, get_published_listing, get_version
from exchange.core.errors import Invalid, NotFound
from exchange.datasets.schema import Schema
from exchange.hosted.errors import ConnectionNotTested
from exchange.hosted.queries import TEST_HOLDS_DAYS
from tests.factories import hosted as product
from tests.factories.catalogue import offer
from tests.factories.evidence import Evidence
from tests.factories.hosted import HOST
from tests.factories.market import NOTICE_DAYS

#: The migration before the one that brings hosted listings.
_BEFORE = "0012"


@pytest.fixture
def described(market):
    return product.described(market)


class TestTheContent:
    def test_shows_the_description_without_its_address(self, market, described):
        content = product.drafted(market, described).content

        assert content["hosted"] == described.shown
        assert HOST not in str(content)

    def test_has_the_columns_of_the_answer(self, market, described):
        content = product.drafted(market, described).content

        assert [item["name"] for item in content["schema"]["fields"]] == ["uscc", "score", "arrears_days"]
        assert content["schema_digest"] == Schema.from_json(content["schema"]).digest()
        assert content["dictionary"][2]["unit"] == "d"

    def test_claims_nothing_that_nobody_has_seen(self, market, described):
        content = product.drafted(market, described).content

        assert content["revision"] is None
        assert (content["quality"]["level"], set(content["quality"]["scores"].values())) == (None, {None})

    def test_is_an_api_delivered_by_proxy_unless_told_another(self, market, described):
        content = product.drafted(market, described).content

        assert (content["product_kind"], content["delivery_modes"]) == ("api", ["proxy"])

    def test_is_graded_by_its_highest_column(self, market, described):
        columns = [{"name": name} for name in ("uscc", "score", "arrears_days")]
        columns[1] |= {"level": "L3", "sensitive": True, "mask": "drop"}

        assert product.drafted(market, described, dictionary=columns).content["highest_level"] == "L3"

    def test_needs_a_dictionary_of_its_columns(self, market, described):
        with pytest.raises(ListingInvalid) as refusal:
            product.drafted(market, described, dictionary=[{"name": "load_kw"}])

        assert {item.field for item in refusal.value.problems} == {"dictionary", "dictionary.0.name"}

    @pytest.mark.parametrize("modes", [["query"], ["proxy", "file"]])
    def test_has_no_file_and_no_query(self, market, described, modes):
        with pytest.raises(ListingInvalid) as refusal:
            product.drafted(market, described, delivery_modes=modes)

        assert refusal.value.field == "delivery_modes"

    def test_of_a_data_set_has_no_proxy(self, market):
        with pytest.raises(ListingInvalid) as refusal:
            market.drafted(delivery_modes=["query", "proxy"])

        assert refusal.value.field == "delivery_modes"


class TestTheSource:
    @pytest.mark.parametrize(
        ("named", "field"), [(("dataset_id", "hosted_id"), "hosted_id"), ((), "dataset_id")]
    )
    def test_is_one_of_two(self, market, described, named, field):
        ids = {"dataset_id": market.dataset_id, "hosted_id": described.hosted_id}

        with pytest.raises(Invalid) as refusal:
            market.do(
                service.create_listing,
                actor=market.grid_co.actor,
                offer=offer(),
                notice_days=NOTICE_DAYS,
                **{name: ids[name] for name in named},
            )
        assert (refusal.value.field, bool(refusal.value.remedy)) == (field, True)

    def test_is_one_s_own(self, market, described):
        with pytest.raises(NotFound):
            product.drafted(market, described, by=market.rival)

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE listings SET dataset_id = '{dataset}' WHERE id = '{listing}'",
            "UPDATE listings SET hosted_id = NULL WHERE id = '{listing}'",
            (
                "INSERT INTO listing_versions (listing_id, number, content, digest, state, written_by,"
                " written_at) SELECT listing_id, 7, content, digest, state, written_by, written_at"
                " FROM listing_versions WHERE listing_id = '{listing}'"
            ),
            (
                "INSERT INTO listing_versions (listing_id, number, hosted_id, content, digest, state,"
                " written_by, written_at) SELECT listing_id, 7, hosted_id, content, digest, state, written_by,"
                " written_at FROM listing_versions WHERE listing_id = '{listing}'"
            ),
        ],
        ids=["both", "neither", "a version of nothing", "a version of no description"],
    )
    def test_the_database_refuses_both_and_neither(self, market, described, statement):
        listing_id = product.drafted(market, described).listing_id
        sql = statement.format(listing=listing_id, dataset=market.dataset_id)

        with pytest.raises(IntegrityError):
            market.context.database.write(lambda session: session.execute(text(sql)))


class TestTheReview:
    def test_does_not_begin_before_a_test_has_passed(self, market, described):
        version = product.drafted(market, described)
        product.connection_tested(market, product.FAILED)

        with pytest.raises(ConnectionNotTested):
            market.submitted(version)
        assert market.read(get_version, version.listing_id, 1).state == "draft"
        product.connection_tested(market)
        assert market.submitted(version).state == "org_review"

    def test_wants_a_test_of_exactly_the_description_that_is_shown(self, market, described):
        version = product.drafted(market, described)
        product.described_anew(market, described.hosted_id, timeout_ms=900)
        product.connection_tested(market, timeout_ms=900)

        with pytest.raises(ConnectionNotTested):
            market.submitted(version)

    def test_does_not_list_an_api_that_was_tested_too_long_ago(self, market, described):
        product.connection_tested(market)
        version = market.approved(product.drafted(market, described))
        later = market.now + timedelta(days=TEST_HOLDS_DAYS, seconds=1)

        with pytest.raises(ConnectionNotTested):
            market.do_decide(version, now=later)
        product.connection_tested(market, now=later)
        assert market.do_decide(version, now=later).state == "listed"

    def test_leads_to_a_listing_on_offer(self, market):
        version = product.listed(market)

        found = market.on_offer(version.listing_id)
        assert (found.dataset_id, found.revision_id, found.state) == (None, None, "listed")
        assert found.hosted_id == version.content["hosted"]["id"]


class TestALaterDescription:
    def test_does_not_change_what_is_on_offer(self, market):
        version = product.listed(market)
        hosted_id = version.content["hosted"]["id"]

        product.described_anew(market, hosted_id, timeout_ms=900)

        assert market.on_offer(version.listing_id).digest == version.digest

    def test_is_offered_by_the_next_version(self, market):
        listing_id, hosted_id = (
            (version := product.listed(market)).listing_id,
            version.content["hosted"]["id"],
        )
        product.described_anew(market, hosted_id, timeout_ms=900)
        product.connection_tested(market, timeout_ms=900)

        market.decided(product.edited(market, listing_id))

        found = market.on_offer(listing_id)
        assert (found.version, found.content["hosted"]["version"]) == (2, 2)
        assert found.content["hosted"]["timeout_ms"] == 900


class TestItsLife:
    def test_an_early_increase_of_its_price_is_refused(self, market):
        listing_id = product.listed(market).listing_id
        dearer = [{"code": "hit", "plan": {"model": "per_hit", "unit_price_micro": 3_000_000}}]

        with pytest.raises(ListingInvalid):
            product.edited(
                market,
                listing_id,
                price_plans=dearer,
                price_terms={"increase_effective_from": "2026-12-01"},
            )
        version = market.decided(product.edited(market, listing_id, price_plans=dearer))
        assert version.price_notice["direction"] == "increase"

    def test_it_is_suspended_resumed_and_delisted(self, market):
        listing_id = product.listed(market).listing_id
        stop = {"listing_id": listing_id, "effect": "stop_deliveries", "reason": "a complaint"}

        market.do(suspend_listing, actor=market.operator.actor, **stop)
        assert market.on_offer(listing_id).state == "suspended"
        market.do(resume_listing, actor=market.operator.actor, listing_id=listing_id, reason="unfounded")
        market.do(delist_listing, actor=market.grid_co.actor, **stop)

        assert market.read(get_listing, listing_id).state == "delisted"
        report = Evidence(market).verify()
        assert report.ok, report.findings

    def test_nothing_of_its_data_is_disclosed(self, market):
        version = product.listed(market)
        listing = market.read(
            get_published_listing, version.listing_id, actor=market.forecast_lab.actor, now=market.now
        )

        shown = market.read(disclose, listing, as_of=market.now.date())

        assert (shown.profile, shown.sample, shown.withheld) == (None, None, "at-provider")

    def test_its_preview_says_why_there_is_none(self, market):
        listing_id = product.listed(market).listing_id

        answer = market.api(market.forecast_lab).get(f"/listings/{listing_id}/preview")
        assert answer.json == {"profile": None, "sample": None, "withheld": "at-provider"}

    @pytest.mark.parametrize("kind", ["datapackage", "sample"])
    def test_what_is_made_of_rows_is_not_exported(self, market, kind):
        listing_id = product.listed(market).listing_id

        answer = market.api(market.forecast_lab).get(f"/exports/listings/{listing_id}/{kind}")
        assert (answer.status_code, "stay with the provider" in answer.json["detail"]) == (404, True)

    def test_its_api_and_terms_are_exported(self, market):
        listing_id = product.listed(market).listing_id
        reader = market.api(market.forecast_lab)

        answers = [
            reader.get(f"/exports/listings/{listing_id}/{kind}")
            for kind in ("openapi", "odrl", "odcs", "croissant")
        ]
        answers.append(reader.get("/exports/catalogue"))
        assert [answer.status_code for answer in answers] == [200] * 5
        assert not any(HOST in answer.text for answer in answers)


class TestTheMigration:
    """Both tables are made anew on SQLite, which drops what is not put back."""

    def test_keeps_listings_and_their_protection(self, market):
        before = market.on_offer()
        engine = market.context.database.engine

        migrations.downgrade(engine, _BEFORE)
        migrations.upgrade(engine)

        assert market.on_offer() == before
        with pytest.raises(IntegrityError):
            market.context.database.write(
                lambda session: session.execute(text("UPDATE listing_versions SET digest = 'x'"))
            )

    def test_is_not_undone_while_a_hosted_listing_is_there(self, market):
        version = product.listed(market)

        with pytest.raises(IntegrityError):
            migrations.downgrade(market.context.database.engine, _BEFORE)
        assert market.on_offer(version.listing_id).digest == version.digest
