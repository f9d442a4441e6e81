"""Notices reach the buyers of the data set, and nobody else."""

from datetime import timedelta

import pytest
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from exchange.core.entries import decode_record
from exchange.core.errors import Invalid, NotFound, NotPermitted
from exchange.datasets.models import Notice
from exchange.datasets.notices.queries import count_unread, get_notice
from exchange.datasets.notices.service import read_notice


def read(market, notice, *, by, **when):
    return market.do(read_notice, actor=by.actor, notice_id=notice.id, **when)


class TestPublish:
    def test_keeps_what_was_said_as_evidence(self, market):
        notice = market.revisions.notice()

        (event,) = market.revisions.events("notice.published")
        told = decode_record(event.record)
        assert (told["notice_id"], told["affects"], told["effective_on"]) == (
            notice.id,
            ["remark"],
            "2026-11-24",
        )

    def test_is_for_the_provider_of_the_data_set(self, market):
        with pytest.raises(NotFound):
            market.revisions.notice(by=market.rival)
        for who in (market.forecast_lab, market.operator):
            with pytest.raises(NotPermitted):
                market.revisions.notice(by=who)

    def test_about_a_column_that_is_not_there_names_those_that_are(self, market):
        with pytest.raises(Invalid, match="no column wind") as refused:
            market.revisions.notice(affects=["wind"])

        assert (refused.value.field, "load_kw" in refused.value.remedy) == ("affects", True)

    @pytest.mark.parametrize("kind", ["schema_change_planned", "deprecation_planned"])
    def test_of_a_plan_for_yesterday_is_refused(self, market, kind):
        yesterday = (market.now - timedelta(days=1)).date()

        with pytest.raises(Invalid, match="lie in the past"):
            market.revisions.notice(kind=kind, effective_on=yesterday)

    def test_of_a_correction_may_speak_of_the_past(self, market):
        yesterday = (market.now - timedelta(days=1)).date()

        assert market.revisions.notice(kind="data_corrected", effective_on=yesterday).id

    def test_cannot_be_taken_back_even_in_the_database(self, market):
        market.revisions.notice()

        with pytest.raises(IntegrityError, match="append"), market.context.database.writing() as session:
            session.execute(delete(Notice))


class TestReaders:
    @pytest.mark.parametrize("who", ["grid_co", "operator", "regulator"])
    def test_the_provider_and_the_overseers_see_it(self, market, who):
        market.revisions.notice()

        assert len(market.revisions.notices(getattr(market, who))) == 1

    def test_a_buyer_sees_it_once_there_is_an_agreement(self, market):
        market.revisions.notice()
        before = market.revisions.notices(market.forecast_lab)
        market.agreements.frozen()
        waiting = market.revisions.notices(market.forecast_lab)
        market.agreements.executed()

        assert (before, waiting, len(market.revisions.notices(market.forecast_lab))) == ([], [], 1)

    def test_a_buyer_whose_agreement_ended_still_sees_it(self, market):
        """What was delivered is still in use, and may turn out to be wrong."""
        market.agreements.executed(days=1)
        market.revisions.notice(kind="data_corrected", now=market.now + timedelta(days=90))

        assert len(market.revisions.notices(market.forecast_lab)) == 1

    def test_others_see_nothing_of_it(self, market):
        market.agreements.executed()
        notice = market.revisions.notice()

        assert market.revisions.notices(market.rival) == []
        with pytest.raises(NotFound):
            market.read(get_notice, notice.id, actor=market.rival.actor)
        with pytest.raises(NotFound):
            read(market, notice, by=market.rival)

    def test_pages_of_notices_meet_every_one_once(self, market):
        made = [market.revisions.notice().id for _ in range(5)]
        first = market.revisions.notices(market.grid_co, limit=3)
        rest = market.revisions.notices(market.grid_co, limit=3, before=first[-1].id)

        assert [notice.id for notice in (*first, *rest)] == made[::-1]


class TestReading:
    @pytest.fixture
    def notice(self, market):
        market.agreements.executed()
        return market.revisions.notice()

    def test_is_kept_for_the_whole_organisation(self, market, notice):
        assert read(market, notice, by=market.forecast_lab).read_at == market.now
        assert market.revisions.notices(market.forecast_lab, unread=True) == []

    def test_a_second_time_keeps_the_first_moment(self, market, notice):
        read(market, notice, by=market.forecast_lab)

        again = read(market, notice, by=market.forecast_lab, now=market.now + timedelta(hours=1))
        assert again.read_at == market.now

    def test_by_one_organisation_is_not_that_of_another(self, market, notice):
        read(market, notice, by=market.forecast_lab)

        assert market.read(count_unread, actor=market.forecast_lab.actor) == 0
        assert market.read(count_unread, actor=market.grid_co.actor) == 1

    def test_is_not_for_overseers(self, market, notice):
        with pytest.raises(NotPermitted):
            read(market, notice, by=market.regulator)
