import pytest

from exchange.core.errors import NotFound, NotPermitted
from exchange.core.events import find_events
from exchange.datasets import (
    get_newest_revision,
    get_revision_card,
    get_stored_revision,
    opened_revision,
    queries,
    read_page,
    service,
)
from tests.factories.datasets import load_curve, taken_in


def add_revision(market, *, shift=0, by=None, dataset_id=None):
    return market.do(
        service.add_revision,
        actor=(by or market.grid_co).actor,
        dataset_id=dataset_id or market.dataset_id,
        source_name="load.csv",
        ingested=taken_in(market.context.storage, load_curve(shift=shift)),
    )


def revisions(market):
    return market.read(queries.find_revisions, market.dataset_id)


class TestCreateDataset:
    def create(self, market, who):
        return market.do(
            service.create_dataset,
            actor=getattr(market, who).actor,
            name="Load",
            source_name="load.csv",
            ingested=taken_in(market.context.storage),
        )

    def test_begins_with_revision_one_of_the_stored_file(self, market):
        revision = self.create(market, "rival")

        assert (revision.number, revision.sha256) == (1, market.ingested.sha256)
        stored = market.read(queries.get_stored_revision, revision.id)
        with opened_revision(market.context.storage, stored) as files:
            page = read_page(
                files,
                stored.schema,
                columns=("load_kw",),
                time_from=None,
                time_to=None,
                after_row=-1,
                limit=2,
            )
        assert page.rows == [(0.0,), (0.125,)]

    def test_is_told_by_two_events(self, market):
        revision = self.create(market, "grid_co")

        told = market.read(
            find_events, [revision.dataset_id], ["dataset.created", "dataset.revision_added"]
        )
        assert [event.type for event in told] == ["dataset.created", "dataset.revision_added"]

    @pytest.mark.parametrize("who", ["forecast_lab", "operator", "regulator"])
    def test_is_for_providers(self, market, who):
        with pytest.raises(NotPermitted, match="provider"):
            self.create(market, who)


class TestAddRevision:
    def test_counts_on_and_leaves_the_first_as_it_was(self, market):
        (first,) = revisions(market)

        assert add_revision(market, shift=1).number == 2
        assert [(item.number, item.sha256 == first.sha256) for item in revisions(market)] == [
            (2, False),
            (1, True),
        ]

    def test_of_the_same_content_is_no_new_revision(self, market):
        assert add_revision(market).number == 1
        assert len(revisions(market)) == 1

    def test_of_an_older_content_is_a_new_revision(self, market):
        """Going back is a change too."""
        add_revision(market, shift=1)

        assert add_revision(market, shift=0).number == 3

    def test_to_another_providers_data_set_is_not_found(self, market):
        with pytest.raises(NotFound):
            add_revision(market, shift=1, by=market.rival)

    def test_to_a_data_set_that_is_not_there_is_not_found(self, market):
        with pytest.raises(NotFound):
            add_revision(market, shift=1, dataset_id="dts_none")


class TestReading:
    @pytest.mark.parametrize(
        ("who", "count"), [("grid_co", 1), ("operator", 1), ("regulator", 1), ("rival", 0)]
    )
    def test_shows_a_provider_their_own_and_overseers_all(self, market, who, count):
        assert len(market.read(queries.find_datasets, actor=getattr(market, who).actor)) == count

    def test_of_another_providers_data_set_finds_nothing(self, market):
        with pytest.raises(NotFound):
            market.read(get_newest_revision, actor=market.rival.actor, dataset_id=market.dataset_id)

    def test_of_a_revision_by_its_id_gives_its_facts_and_its_file(self, market):
        (row,) = revisions(market)

        card, stored = (market.read(get, row.id) for get in (get_revision_card, get_stored_revision))
        assert (card.rows, card.time_from) == (96, "2026-06-01T00:00:00")
        assert (stored.files, stored.schema.names) == (
            market.ingested.files,
            ("time", "load_kw", "remark"),
        )

    def test_of_a_revision_that_is_not_there_finds_nothing(self, market):
        with pytest.raises(NotFound):
            market.read(get_revision_card, "rev_none")
