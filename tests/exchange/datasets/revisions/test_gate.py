"""A revision that breaks what somebody signed comes in only when they are told, one way or the other."""

from datetime import timedelta

import pytest

from exchange.core.entries import decode_record
from exchange.core.errors import Invalid, NotFound, NotPermitted
from exchange.datasets import queries
from exchange.datasets.errors import BreakingChange
from tests.factories.datasets import load_curve
from tests.factories.revisions import WITHOUT_REMARK

MONTH = timedelta(days=30)


def numbers(market):
    return [row.number for row in market.read(queries.find_revisions, market.dataset_id)]


class TestWithoutDeclaration:
    def test_a_revision_that_breaks_nobody_comes_in(self, market):
        """There is no agreement: nothing was built on the column that goes."""
        assert market.revisions.add(WITHOUT_REMARK).number == 2
        assert market.revisions.events("dataset.breaking_change_declared") == []

    def test_a_breaking_one_is_refused_and_nothing_is_stored(self, market):
        market.agreements.executed()

        with pytest.raises(BreakingChange) as refused:
            market.revisions.add(WITHOUT_REMARK)

        assert numbers(market) == [1]
        assert "breaks 1 agreement in force (Column remark is gone)" in refused.value.detail
        assert (refused.value.field, refused.value.context["agreements"]) == ("breaking_change", 1)
        assert "breaking_change=new_version" in refused.value.remedy
        assert "2026-12-24" in refused.value.remedy

    def test_every_agreement_that_breaks_is_counted(self, market):
        market.agreements.executed()
        market.agreements.executed(columns=["remark"])
        market.agreements.executed(columns=["time", "load_kw"])

        with pytest.raises(BreakingChange, match="breaks 2 agreements"):
            market.revisions.add(WITHOUT_REMARK)

    def test_a_column_that_nobody_is_granted_may_go(self, market):
        market.agreements.executed(columns=["time", "load_kw"])

        assert market.revisions.add(WITHOUT_REMARK).number == 2

    def test_an_agreement_that_waits_for_signatures_is_not_in_force(self, market):
        market.agreements.frozen()

        assert market.revisions.add(WITHOUT_REMARK).number == 2

    def test_an_agreement_that_has_ended_is_not_in_force(self, market):
        market.agreements.executed(days=30)

        assert market.revisions.add(WITHOUT_REMARK, now=market.now + MONTH).number == 2

    def test_the_measure_is_what_was_signed_and_not_what_came_last(self, market):
        """Revision 2 has no remark, so going on without it changes nothing since; but an agreement on 1 has it."""
        market.agreements.executed()
        market.revisions.add(WITHOUT_REMARK, breaking_change="new_version")
        changed = WITHOUT_REMARK.replace(b",0.0\n", b",9.5\n", 1)

        with pytest.raises(BreakingChange, match="remark is gone"):
            market.revisions.add(changed)

    def test_other_values_break_nobody(self, market):
        market.agreements.executed()

        assert market.revisions.add(shift=1).number == 2

    def test_more_rows_break_nobody(self, market):
        market.agreements.executed()

        assert market.revisions.add(load_curve(192)).number == 2


class TestNewVersion:
    def test_comes_in_and_the_agreement_keeps_its_revision(self, market):
        agreement = market.agreements.executed()
        market.revisions.add(WITHOUT_REMARK, breaking_change="new_version")

        record = market.deliveries.deliver(agreement.id, 5)
        assert record.question["columns"] == ["time", "load_kw", "remark"]

    def test_is_kept_as_evidence_with_what_it_breaks(self, market):
        market.agreements.executed()
        revision = market.revisions.add(WITHOUT_REMARK, breaking_change="new_version")

        (event,) = market.revisions.events("dataset.breaking_change_declared")
        told = decode_record(event.record)
        assert (told["revision_id"], told["kind"], told["agreements"]) == (revision.id, "new_version", 1)
        assert [reason["code"] for reason in told["reasons"]] == ["column_removed"]

    def test_is_told_to_the_buyer_in_both_languages(self, market):
        market.agreements.executed()
        market.revisions.add(WITHOUT_REMARK, breaking_change="new_version")

        (notice,) = market.revisions.notices(market.forecast_lab)
        assert (notice.kind, notice.revision_number, notice.read_at) == ("new_version", 2, None)
        assert "new product version" in notice.text_en
        assert "新产品版本" in notice.text_zh

    def test_that_breaks_nobody_is_declared_in_vain(self, market):
        market.agreements.executed()
        market.revisions.add(shift=1, breaking_change="new_version")

        assert market.revisions.events("dataset.breaking_change_declared") == []
        assert market.revisions.notices(market.forecast_lab) == []


class TestAnnounced:
    @pytest.fixture
    def notice(self, market):
        market.agreements.executed(days=200)
        return market.revisions.notice()

    def add(self, market, notice, **changes):
        when = {"now": market.now + MONTH, **changes}
        return market.revisions.add(WITHOUT_REMARK, breaking_change=f"notice:{notice.id}", **when)

    def test_comes_in_after_the_days_of_notice(self, market, notice):
        assert self.add(market, notice).number == 2
        (event,) = market.revisions.events("dataset.breaking_change_declared")
        assert decode_record(event.record)["notice_id"] == notice.id

    def test_is_refused_an_instant_too_early(self, market, notice):
        with pytest.raises(BreakingChange, match="younger than 30 days and holds from 2026-12-24"):
            self.add(market, notice, now=market.now + MONTH - timedelta(microseconds=1))

    def test_the_days_of_notice_are_a_setting(self, market, notice):
        assert self.add(market, notice, now=market.now + timedelta(days=7), notice_days=7).number == 2

    def test_is_refused_before_the_day_that_was_announced(self, market):
        market.agreements.executed(days=200)
        notice = market.revisions.notice(effective_on=(market.now + 2 * MONTH).date())

        with pytest.raises(BreakingChange, match="which has not come"):
            self.add(market, notice)

    def test_is_refused_where_the_notice_speaks_of_something_else(self, market):
        market.agreements.executed(days=200)
        notice = market.revisions.notice(affects=["load_kw"])

        with pytest.raises(BreakingChange, match="says nothing of remark"):
            self.add(market, notice)

    def test_a_notice_about_the_whole_data_set_covers_every_column(self, market):
        market.agreements.executed(days=200)

        assert self.add(market, market.revisions.notice(affects=[])).number == 2

    def test_a_notice_of_a_delay_announces_no_change(self, market):
        market.agreements.executed(days=200)
        notice = market.revisions.notice(kind="update_delayed")

        with pytest.raises(BreakingChange, match="announces no change"):
            self.add(market, notice)

    def test_a_notice_lets_one_revision_in(self, market, notice):
        self.add(market, notice)
        changed = WITHOUT_REMARK.replace(b",0.0\n", b",9.5\n", 1)

        with pytest.raises(BreakingChange, match="lets in one only"):
            market.revisions.add(changed, breaking_change=f"notice:{notice.id}", now=market.now + MONTH)

    def test_a_notice_that_is_not_there_lets_nothing_in(self, market, notice):
        with pytest.raises(BreakingChange, match="there is no notice ntc_none"):
            market.revisions.add(WITHOUT_REMARK, breaking_change="notice:ntc_none")

    @pytest.mark.parametrize("declared", ["", "yes", "notice", "notice:", "new version"])
    def test_a_declaration_of_another_kind_is_invalid(self, market, declared):
        with pytest.raises(Invalid, match="declares nothing"):
            market.revisions.add(WITHOUT_REMARK, breaking_change=declared)


class TestCheck:
    def test_says_what_would_happen_and_does_nothing(self, market):
        market.agreements.executed()

        check = market.revisions.check(WITHOUT_REMARK)

        assert (check.number, check.is_new, check.against) == (2, True, 1)
        assert check.compatibility["verdict"] == "breaking"
        assert [field["name"] for field in check.schema["removed"]] == ["remark"]
        assert (check.impact["passes"], check.impact["agreements"]) == (False, 1)
        assert "breaking_change=new_version" in check.impact["refusal"]["remedy"]
        assert numbers(market) == [1]

    def test_passes_with_a_declaration_that_holds(self, market):
        market.agreements.executed()

        check = market.revisions.check(WITHOUT_REMARK, breaking_change="new_version")

        assert (check.impact["passes"], check.impact["declared"]) == (True, "new_version")
        assert numbers(market) == [1]

    def test_of_the_same_content_would_add_nothing(self, market):
        check = market.revisions.check(shift=0)

        assert (check.number, check.is_new, check.compatibility["verdict"]) == (1, False, "identical")

    def test_is_for_the_provider_of_the_data_set(self, market):
        with pytest.raises(NotFound):
            market.revisions.check(by=market.rival)
        with pytest.raises(NotPermitted):
            market.revisions.check(by=market.forecast_lab)
