import pytest

from exchange.catalogue.content import Circumstances, check_offer, recheck_content
from tests.factories.catalogue import described, offer

TODAY = "2026-11-24"
ASSESSED = {"catalogue_no": "HB-2026-1", "assessment_no": "RA-7", "assessment_valid_to": TODAY}
IMPORTANT = {
    "elements": ["precision", "coverage"],
    "affected_object": "economic_operation",
    "harm": "serious",
    "reason": "Minute-level load of substations",
    "important_data": ASSESSED,
}
PUBLIC = {"registration_no": "GG-1", "authorised_operator": "江城数据", "price_basis": "government-guided"}
OPINION = {
    "assessor": "Law firm",
    "conclusion": "lawful",
    "dated_on": "2026-01-01",
    "valid_to": "2026-12-31",
    "document_sha256": "0" * 64,
}


def faults(columns=("time", "load_kw", "remark"), *, today=TODAY, **changes):
    _, problems = check_offer(offer(**changes), Circumstances(today=today, columns=columns))
    return [problem.field for problem in problems]


def important(**changes):
    return faults(dictionary=described(load_kw={"level": "important"}), security={**IMPORTANT, **changes})


def test_a_small_offer_has_no_fault():
    assert faults() == []


@pytest.mark.parametrize(
    "member",
    [
        "title_zh",
        "title_en",
        "sector",
        "scenarios",
        "source_statement",
        "usage_policy",
        "price_plans",
        "compliance",
    ],
)
def test_what_is_required_has_no_default(member):
    document = offer()
    del document[member]

    _, problems = check_offer(document, Circumstances(today=TODAY))

    assert [problem.field for problem in problems] == [member]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title_en": "x" * 121}, "title_en"),
        ({"title_en": "a\x00b"}, "title_en"),
        ({"product_kind": "spreadsheet"}, "product_kind"),
        ({"commodity": "动力煤"}, "commodity"),
        ({"languages": ["de"]}, "languages.0"),
        ({"source": {"type": "original"}}, "source.type"),
        ({"coverage": {"region": "Wuhan"}}, "coverage.region"),
        ({"coverage": {"granularity": "15 minutes"}}, "coverage.granularity"),
        ({"coverage": {"update_frequency": "005"}}, "coverage.update_frequency"),
        ({"security": {"harm": "some"}}, "security.harm"),
        ({"security": {"cross_border": "no"}}, "security.cross_border"),
        ({"delivery_modes": ["query", "query"]}, "delivery_modes"),
        ({"sla": {"availability_bp": 10_001}}, "sla.availability_bp"),
        ({"sla": {"availability_bp": 99.5}}, "sla.availability_bp"),
        ({"price_plans": []}, "price_plans"),
        ({"price_terms": {"currency": "USD"}}, "price_terms.currency"),
        ({"valid_to": "2026-02-30"}, "valid_to"),
        ({"valid_to": "2026-11-23"}, "valid_to"),
        ({"rights": {"operate": False}}, "rights.operate"),
        ({"usage_policy": "research"}, "usage_policy"),
    ],
)
def test_a_wrong_member_is_named(changes, field):
    assert faults(**changes) == [field]


@pytest.mark.parametrize("duration", ["PT15M", "PT1H", "P1D", "P1M", "P1Y2M3DT4H5M6.5S", "P2W"])
def test_durations_of_iso_8601_are_taken(duration):
    assert faults(coverage={"granularity": duration}) == []


@pytest.mark.parametrize("duration", ["P", "PT", "P1", "1D", "P1DT", "p1d", "P1D "])
def test_other_durations_are_not(duration):
    assert faults(coverage={"granularity": duration}) == ["coverage.granularity"]


class TestPricePlans:
    @pytest.mark.parametrize(
        ("plan", "member"),
        [
            ({"model": "auction"}, "model"),
            ({"model": "per_row"}, "unit_price_micro"),
            ({"model": "per_row", "unit_price_micro": -1}, "unit_price_micro"),
            ({"model": "per_row", "unit_price_micro": 0.5}, "unit_price_micro"),
            ({"model": "per_call", "unit_price_micro": 1, "free_rows": 1}, "free_rows"),
        ],
    )
    def test_name_the_member_that_cannot_be_rated(self, plan, member):
        assert faults(plan=plan) == [f"price_plans.0.plan.{member}"]

    def test_have_different_codes(self):
        plan = {"model": "per_row", "unit_price_micro": 1}

        assert faults(price_plans=[{"code": "a", "plan": plan}] * 2) == ["price_plans.1.code"]


class TestGrading:
    def test_of_core_data_is_refused(self):
        assert faults(dictionary=described(time={"level": "core"})) == ["dictionary.0.level"]

    def test_as_important_data_is_possible_with_everything_that_it_needs(self):
        assert important() == []

    @pytest.mark.parametrize("member", ["elements", "affected_object", "harm", "reason"])
    def test_as_important_data_states_its_reasons(self, member):
        empty = [] if member == "elements" else "" if member == "reason" else None

        assert important(**{member: empty}) == [f"security.{member}"]

    def test_as_important_data_needs_a_catalogue_number_and_an_assessment(self):
        assert important(important_data=None) == ["security.important_data"]

    def test_as_important_data_needs_an_assessment_that_is_in_force_today(self):
        ended = {**ASSESSED, "assessment_valid_to": "2026-11-23"}

        assert important(important_data=ended) == ["security.important_data.assessment_valid_to"]

    def test_as_important_data_keeps_them_in_the_country(self):
        assert important(cross_border=True) == ["security.cross_border"]


class TestPersonalInformation:
    def check(self, **details):
        personal = details or None
        return faults(security={"contains_personal_information": True, "personal_information": personal})

    def test_needs_a_basis_and_evidence(self):
        assert self.check() == ["security.personal_information"]
        assert self.check(basis="contract") == ["security.personal_information.consent_evidence"]

    def test_on_consent_needs_the_consent_whatever_was_assessed(self):
        field = "security.personal_information.consent_evidence"

        assert self.check(basis="consent", impact_assessment_no="PIA-1") == [field]
        assert self.check(basis="consent", consent_evidence="vault 3") == []

    def test_on_another_basis_may_rest_on_an_assessment(self):
        assert self.check(basis="contract", impact_assessment_no="PIA-1") == []

    def test_is_not_denied_where_the_data_are_personal(self):
        assert faults(data_nature="personal") == ["security.contains_personal_information"]

    def test_has_no_basis_where_there_is_none(self):
        details = {"basis": "contract", "impact_assessment_no": "PIA-1"}

        assert faults(security={"personal_information": details}) == [
            "security.contains_personal_information"
        ]


class TestPublicData:
    def test_need_their_registration(self):
        assert faults(data_nature="public") == ["public_data"]
        assert faults(data_nature="public", public_data=PUBLIC) == []

    def test_of_an_enterprise_are_a_contradiction(self):
        assert faults(public_data=PUBLIC) == ["public_data"]


class TestCompliance:
    @pytest.mark.parametrize(
        "item", ["state_secrets", "core_data", "unlawfully_obtained", "combinable_to_reveal"]
    )
    def test_of_prohibited_data_is_refused(self, item):
        compliance = {"commitment": True, "prohibited_data": {item: True}}

        assert faults(compliance=compliance) == [f"compliance.prohibited_data.{item}"]

    def test_takes_no_commitment_for_granted(self):
        assert faults(compliance={}) == ["compliance.commitment"]

    @pytest.mark.parametrize(("today", "field"), [("2027-01-01", "valid_to"), ("2025-12-31", "dated_on")])
    def test_rests_on_an_opinion_in_force(self, today, field):
        compliance = {"commitment": True, "opinion": OPINION}

        assert faults(compliance=compliance) == []
        assert faults(compliance=compliance, today=today) == [f"compliance.opinion.{field}"]


class TestSample:
    def test_never_shows_a_sensitive_column_as_it_is(self):
        assert faults(dictionary=described(remark={"sensitive": True})) == ["dictionary.2.mask"]

    @pytest.mark.parametrize("mask", ["mask", "hash", "generalise", "drop"])
    def test_may_show_what_its_mask_leaves_of_it(self, mask):
        assert faults(dictionary=described(remark={"sensitive": True, "mask": mask})) == []


class TestVisibility:
    def test_of_a_private_listing_names_somebody(self):
        assert faults(visibility={"audience": "private"}) == ["visibility.allow"]

    def test_of_a_public_listing_names_nobody_to_allow(self):
        assert faults(visibility={"allow": ["org_1"]}) == ["visibility.allow"]

    def test_does_not_allow_and_deny_the_same(self):
        visibility = {"audience": "private", "allow": ["org_1"], "deny": ["org_1"]}

        assert faults(visibility=visibility) == ["visibility.deny"]


class TestDictionary:
    def test_names_a_column_once(self):
        assert faults(dictionary=[*described(), {"name": "time"}]) == ["dictionary.3.name"]

    def test_is_not_compared_with_columns_that_nobody_knows(self):
        """An offline check may have no data at hand."""
        assert faults(columns=None, dictionary=[{"name": "anything"}]) == []


def test_a_document_that_holds_nothing_of_an_offer_is_refused_in_order():
    _, problems = check_offer({"1": [[]]}, Circumstances(today=TODAY))

    assert {"1", "title_zh", "price_plans"} <= {problem.field for problem in problems}


def test_a_content_is_checked_again_as_time_goes_by(market):
    content = market.drafted(valid_to="2026-12-31").content

    assert recheck_content(content, today=TODAY) == []
    assert [problem.field for problem in recheck_content(content, today="2027-01-01")] == ["valid_to"]
