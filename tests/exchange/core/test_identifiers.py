from exchange.core.identifiers import derived_id, new_id


class TestIdentifiers:
    def test_name_their_kind_and_fit_their_column(self):
        assert new_id("agr").startswith("agr_")
        assert len(new_id("agr")) == len("agr_") + 26

    def test_never_meet(self):
        assert len({new_id("x") for _ in range(10_000)}) == 10_000

    def test_derived_from_the_same_parts_are_the_same(self):
        assert derived_id("agr", "neg_1") == derived_id("agr", "neg_1")

    def test_derived_from_other_parts_or_kinds_differ(self):
        ids = {derived_id("a", "b", "c"), derived_id("a", "c", "b"), derived_id("b", "b", "c")}

        assert len(ids) == 3
