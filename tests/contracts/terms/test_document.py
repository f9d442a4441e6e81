import json
from datetime import timedelta

import pytest

from contracts.terms import TERMS_FORMAT, Terms
from exchange.core import canonical
from exchange.core.canonical import NotCanonical
from exchange.core.errors import Invalid
from tests.factories.terms import NOON, party, terms


def document(**changes):
    return {**json.loads(terms().data), **changes}


class TestBuiltTerms:
    def test_say_everything_that_binds(self):
        built = terms(delivery_modes=["query"], max_rows=50)

        assert (built.agreement_id, built.revision_id, built.granted_rows) == ("agr_1", "rev_1", 50)
        assert (built.columns, built.delivery_modes) == (("time", "load_kw"), ("query",))
        assert (built.valid_from, built.valid_until - built.valid_from) == (NOON, timedelta(days=30))

    def test_hold_the_price_plan_complete(self):
        """What is signed leaves no default to be looked up later."""
        plan = terms(price_plan={"model": "per_row", "unit_price_micro": 1}).document["price_plan"]

        assert plan == {"model": "per_row", "unit_price_micro": 1, "free_rows": 0}

    def test_name_every_party_with_its_key(self):
        assert terms().party("buyer") == party("buyer")
        assert all(item["required"] for item in terms().document["parties"])

    def test_without_a_limit_of_rows_say_so(self):
        assert terms(max_rows=None).granted_rows is None

    def test_name_the_suite_that_everybody_signs_with(self):
        assert terms().required_suite == "default"
        assert terms(required_suite="hybrid").document["required_suite"] == "hybrid"

    @pytest.mark.parametrize("changes", [{"format": "wdx-terms/1"}, {"format": 2}, {"format": None}])
    def test_of_one_format_do_not_pass_for_another(self, changes):
        with pytest.raises(Invalid):
            Terms.read(canonical.to_bytes(document(**changes)))

    def test_are_the_same_bytes_for_the_same_agreement(self):
        assert terms() == terms()
        assert terms().digest == terms().digest

    @pytest.mark.parametrize(
        "change", [{"max_rows": 51}, {"days": 31}, {"platform_fee_bp": 501}, {"payment": {"due_days": 16}}]
    )
    def test_are_other_bytes_for_anything_else(self, change):
        assert terms(**change).digest != terms().digest


class TestReadTerms:
    def test_are_the_bytes_that_were_signed(self):
        assert Terms.read(terms().data).data == terms().data

    @pytest.mark.parametrize("indent", [None, 1])
    def test_in_another_spelling_are_refused(self, indent):
        """Two spellings of one document would be two documents to sign."""
        spelled = json.dumps(document(), indent=indent).encode()

        with pytest.raises(NotCanonical):
            Terms.read(spelled)

    @pytest.mark.parametrize("form", ["wdx-terms/1", "", None])
    def test_of_another_format_are_refused(self, form):
        with pytest.raises(Invalid, match=TERMS_FORMAT) as refusal:
            Terms.read(canonical.to_bytes(document(format=form)))

        assert refusal.value.field == "format"

    @pytest.mark.parametrize("data", [b"[]", b"1", b'"terms"', b"{}"])
    def test_that_are_no_document_are_refused(self, data):
        with pytest.raises(Invalid):
            Terms.read(data)

    def test_with_a_member_nobody_knows_are_refused(self):
        """An unknown clause might change the meaning of the known ones."""
        with pytest.raises(Invalid, match="side_letter"):
            Terms.read(canonical.to_bytes(document(side_letter="free of charge")))

    @pytest.mark.parametrize("member", ["price_plan", "permission", "parties", "subject"])
    def test_with_a_member_missing_are_refused(self, member):
        changed = document()
        del changed[member]

        with pytest.raises(Invalid, match=member):
            Terms.read(canonical.to_bytes(changed))

    @pytest.mark.parametrize("copies", [0, 2])
    def test_without_exactly_one_party_in_a_role_name_nobody(self, copies):
        others = [item for item in document()["parties"] if item["role"] != "buyer"]
        changed = document(parties=others + [party("buyer").to_json()] * copies)

        with pytest.raises(Invalid, match=f"{copies} parties"):
            Terms.read(canonical.to_bytes(changed)).party("buyer")
