"""Who sees what of a difference, and what is made now, kept, or left to the job."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select

from exchange.core.errors import NotFound
from exchange.core.jobs import run_job
from exchange.datasets.errors import DiffPending, KeyNotUnique, UnknownColumn
from exchange.datasets.models import RevisionDiff
from exchange.datasets.revisions import comparison
from exchange.datasets.revisions.comparison import Asked, read_diff
from exchange.datasets.revisions.history import find_history
from exchange.datasets.revisions.jobs import COMPARE_REVISIONS
from exchange.datasets.service import create_dataset
from tests.factories.datasets import load_curve, taken_in
from tests.factories.revisions import WITHOUT_REMARK

PLENTY = 5_000_000


@pytest.fixture
def ask(market):
    """Ask for the difference between the first two revisions."""

    def read(by=None, *, old=1, new=2, key=(), inline_cells=PLENTY, now=None):
        return read_diff(
            market.context.database,
            market.context.storage,
            actor=(by or market.grid_co).actor,
            asked=Asked(market.dataset_id, old, new, key),
            inline_cells=inline_cells,
            now=now or market.now,
        )

    return read


@pytest.fixture
def two(market):
    market.revisions.add(shift=1)


def kept(market):
    query = select(func.count()).select_from(RevisionDiff)
    return market.read(lambda session: session.scalar(query))


def examples(document):
    return {item["name"]: len(item["examples"]) for item in document["values"]}


@pytest.mark.usefixtures("two")
class TestWhoSees:
    @pytest.mark.parametrize("who", ["grid_co", "operator", "regulator"])
    def test_the_provider_and_the_overseers_see_values(self, market, ask, who):
        document = ask(getattr(market, who))

        assert (document["masked"], examples(document)) == ([], {"load_kw": 20})
        assert document["rows"]["changed"] == 96

    def test_who_has_no_agreement_sees_schema_and_counts(self, market, ask):
        document = ask(market.rival)

        assert (document["rows"]["changed"], examples(document)) == (96, {"load_kw": 0})
        assert document["masked"] == ["load_kw", "remark", "time"]

    def test_a_buyer_sees_values_of_what_an_agreement_in_force_grants(self, market, ask):
        market.agreements.executed(columns=["time", "load_kw"])
        document = ask(market.forecast_lab)

        assert (document["masked"], examples(document)) == (["remark"], {"load_kw": 20})

    def test_a_buyer_sees_no_values_after_the_agreement(self, market, ask):
        market.agreements.executed(days=30)

        assert examples(ask(market.forecast_lab, now=market.now + timedelta(days=30))) == {"load_kw": 0}

    def test_a_buyer_sees_no_values_of_a_revoked_revision(self, market, ask):
        market.agreements.executed()
        market.revisions.revoke(2)

        assert examples(ask(market.forecast_lab)) == {"load_kw": 0}
        assert examples(ask(market.grid_co)) == {"load_kw": 20}

    def test_who_it_is_not_offered_to_sees_nothing(self, market, ask):
        """The market's own data set is on offer; this one is not."""
        other = market.do(
            create_dataset,
            actor=market.rival.actor,
            name="Unlisted",
            source_name="load.csv",
            ingested=taken_in(market.context.storage),
        )

        for what in (read_history, read_first_diff):
            with pytest.raises(NotFound):
                what(market, other.dataset_id, by=market.forecast_lab)

    def test_of_a_revision_that_is_not_there_is_not_found(self, ask):
        with pytest.raises(NotFound, match="no revision 3"):
            ask(new=3)


@pytest.mark.usefixtures("two")
class TestKept:
    def test_the_second_asking_reads_no_file(self, market, ask):
        first = ask()
        storage = market.context.storage.storage
        for file in list(storage.find("revisions/")):
            storage.delete(file.key)

        assert ask() == first

    def test_what_is_kept_is_whole_and_each_reader_gets_his_part(self, market, ask):
        ask(market.rival)

        assert examples(ask(market.grid_co)) == {"load_kw": 20}
        assert kept(market) == 1

    def test_each_key_and_direction_is_a_difference_of_its_own(self, market, ask):
        assert ask(key=("remark",))["rows"]["key"] == ["remark"]
        assert ask(old=2, new=1)["old"]["number"] == 2
        assert ask()["rows"]["key"] == ["time"]
        assert kept(market) == 3

    def test_a_key_that_is_no_column_is_refused_before_anything_is_read(self, market, ask):
        with pytest.raises(UnknownColumn):
            ask(key=("wind",), inline_cells=0)
        assert kept(market) == 0


@pytest.mark.usefixtures("two")
class TestLarge:
    def test_is_left_to_the_job_and_answered_afterwards(self, market, ask):
        with pytest.raises(DiffPending, match="are being compared"):
            ask(inline_cells=0)
        run_job(COMPARE_REVISIONS, market.context)

        assert ask(inline_cells=0)["rows"]["changed"] == 96

    def test_is_asked_for_once_however_often_it_is_asked(self, market, ask):
        for _ in range(3):
            with pytest.raises(DiffPending):
                ask(inline_cells=0)

        assert kept(market) == 1

    def test_is_the_same_as_when_made_at_once(self, market, ask):
        with pytest.raises(DiffPending):
            ask(inline_cells=0)
        run_job(COMPARE_REVISIONS, market.context)
        made_by_job = ask()
        market.do(lambda session, now: session.execute(delete(RevisionDiff)))

        assert ask() == made_by_job

    def test_with_a_key_that_repeats_is_refused_by_the_job_for_good(self, market, ask):
        market.revisions.add(load_curve().replace(b"row 1\n", b"row 0\n"))
        with pytest.raises(DiffPending):
            ask(new=3, key=("remark",), inline_cells=0)
        run_job(COMPARE_REVISIONS, market.context)

        with pytest.raises(KeyNotUnique, match="newer revision"):
            ask(new=3, key=("remark",), inline_cells=0)

    def test_no_more_than_a_bounded_number_waits(self, market, ask, monkeypatch):
        monkeypatch.setattr(comparison, "MOST_WAITING", 1)
        for key in (("time",), ("remark",), ("load_kw",)):
            with pytest.raises(DiffPending):
                ask(inline_cells=0, key=key)

        assert kept(market) == 1

    def test_while_others_are_compared_the_caller_comes_back_later(self, ask):
        with comparison._one_at_a_time, pytest.raises(DiffPending, match="other revisions"):
            ask()


class TestHistory:
    def test_tells_what_changed_what_was_declared_and_what_was_withdrawn(self, market):
        market.agreements.executed()
        market.revisions.add(shift=1)
        market.revisions.add(WITHOUT_REMARK, breaking_change="new_version")
        market.revisions.revoke(2)

        third, second, first = read_history(market, market.dataset_id, by=market.grid_co)
        assert (first.compatibility, first.declared, first.revoked_reason) == (None, None, None)
        assert (second.compatibility["verdict"], second.revoked_reason) == (
            "compatible",
            "meter was faulty",
        )
        assert (third.compatibility["verdict"], third.declared, third.columns) == (
            "breaking",
            "new_version",
            2,
        )

    def test_pages_meet_every_revision_once(self, market):
        for shift in range(1, 5):
            market.revisions.add(shift=shift)
        pages = [
            read_history(market, market.dataset_id, by=market.rival, limit=2, before=before)
            for before in (None, 4, 2)
        ]

        assert [[entry.number for entry in page] for page in pages] == [[5, 4], [3, 2], [1]]
        assert all(entry.compatibility for page in pages for entry in page if entry.number > 1)


def read_history(market, dataset_id, *, by, **page):
    return market.read(find_history, actor=by.actor, dataset_id=dataset_id, now=market.now, **page)


def read_first_diff(market, dataset_id, *, by):
    return read_diff(
        market.context.database,
        market.context.storage,
        actor=by.actor,
        asked=Asked(dataset_id, 1, 1),
        inline_cells=PLENTY,
        now=market.now,
    )
