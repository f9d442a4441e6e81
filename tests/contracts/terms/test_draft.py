import pytest

from contracts.terms import (
    NotEnforceableYet,
    TermsInvalid,
    apply_changes,
    bounded,
    changed_members,
    open_draft,
)
from contracts.terms.draft import NOT_ENFORCEABLE
from exchange.pricing import PricePlanInvalid
from tests.factories.catalogue import PER_ROW, PURPOSE, SCENARIO
from tests.factories.terms import draft, listing_content


def plain(**changes):
    made = draft(**changes)
    del made["platform_fee_bp"]
    return made


def faults(refusal):
    return [problem.field for problem in refusal.value.problems]


class TestFirstDraft:
    def test_is_complete_and_says_what_the_listing_says(self):
        made = plain()

        assert made["price_plan"] == PER_ROW
        assert made["delivery"]["availability_bp"] == 9950
        assert (made["payment"]["tax_rate_bp"], made["rights"]["territory"]) == (600, "CN")
        assert made["acceptance"] == {
            "days": 7,
            "redeliveries": 1,
            "silent": False,
            "use_is_acceptance": False,
        }

    def test_of_older_content_without_rights_grants_none(self):
        made = open_draft(
            listing_content(rights=None, sla=None, price_terms=None),
            {"purpose": PURPOSE, "scenario": SCENARIO},
        )

        assert (made["rights"]["derivation"], made["payment"]["tax_included"]) == (False, True)

    def test_beyond_the_listing_names_every_member(self):
        with pytest.raises(TermsInvalid) as refusal:
            draft(purpose="gambling", days=366, columns=["salary"], rights={"derivation": True})

        assert faults(refusal) == ["columns", "purpose", "days", "rights.derivation"]

    def test_with_a_plan_that_is_not_listed_is_refused(self):
        with pytest.raises(TermsInvalid, match="'gold'"):
            open_draft(listing_content(), {"purpose": PURPOSE, "scenario": SCENARIO, "plan": "gold"})


class TestChanges:
    def test_keep_the_other_members_of_a_group(self):
        changed = apply_changes(plain(), {"liability": {"penalty_percent": 20}})

        assert changed["liability"] == {"cap_percent": 100, "penalty_percent": 20}
        assert changed_members(plain(), changed) == ["liability.penalty_percent"]

    @pytest.mark.parametrize("name", sorted(NOT_ENFORCEABLE))
    def test_that_nothing_carries_out_are_refused_not_ignored(self, name):
        with pytest.raises(NotEnforceableYet, match="not enforceable yet") as refusal:
            apply_changes(plain(), {name: 5})

        assert refusal.value.field == name

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"mood": "good"}, "mood"),
            ({"liability": {"mood": "good"}}, "liability.mood"),
            ({"liability": 5}, "liability"),
            ({"max_rows": 0}, "max_rows"),
            ({"max_rows": 2**53}, "max_rows"),
            ({"days": "7"}, "days"),
            ({"networks": ["somewhere"]}, "networks.0"),
            ({"acceptance": {"use_is_acceptance": True}}, "acceptance.use_is_acceptance"),
            ({"security": {"cross_border": True}}, "security.cross_border"),
            ({"revision_policy": "newest"}, "revision_policy"),
            ({"kind": "barter"}, "kind"),
            ({"annexes": [{"title": "Price table", "sha256": "short"}]}, "annexes.0.sha256"),
            ({"platform_fee_bp": 0}, "platform_fee_bp"),
        ],
    )
    def test_that_break_a_rule_name_their_member_and_a_remedy(self, changes, field):
        with pytest.raises(TermsInvalid) as refusal:
            apply_changes(plain(), changes)

        assert faults(refusal) == [field]
        assert refusal.value.problems[0].remedy

    def test_to_a_bad_price_plan_are_refused(self):
        with pytest.raises(PricePlanInvalid):
            apply_changes(plain(), {"price_plan": {"model": "per_row"}})

    def test_to_a_kind_with_a_task_need_the_task(self):
        with pytest.raises(TermsInvalid, match="says its task"):
            apply_changes(plain(), {"kind": "entrusted_processing"})
        with pytest.raises(TermsInvalid, match="has no task"):
            apply_changes(plain(), {"work": {"task": "forecast"}})

        work = {"kind": "entrusted_processing", "work": {"task": "forecast"}}
        assert apply_changes(plain(), work)["work"]["result_owner"] == "buyer"

    def test_write_an_address_range_in_one_form(self):
        changed = apply_changes(plain(), {"networks": ["203.0.113.7", "2001:DB8::/32"]})

        assert changed["networks"] == ["203.0.113.7/32", "2001:db8::/32"]

    def test_put_the_columns_into_the_order_of_the_data(self):
        changed = bounded(apply_changes(plain(), {"columns": ["remark", "time"]}), listing_content())

        assert changed["columns"] == ["time", "remark"]
