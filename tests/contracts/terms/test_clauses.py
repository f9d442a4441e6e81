import pytest

from contracts.terms import clauses_of, compare, describe_policy, draft_document, sentences_of
from contracts.terms.clauses import title_of
from contracts.terms.constraints import CONSTRAINTS
from contracts.terms.draft import KINDS
from contracts.terms.sentences import CLAUSES
from contracts.terms.wording import wording
from tests.factories.terms import draft, listing, parties, terms

TASK = {"task": "forecast the load of the feeder", "result": "a model", "provider_share_bp": 3_000}


def by_key(document, language="en"):
    return {clause.key: clause for clause in clauses_of(document, language)}


def drafted(**changes):
    return draft_document(parties=parties(), listing=listing(), offer=draft(**changes))


class TestClauses:
    @pytest.mark.parametrize("language", ["zh", "en"])
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_kind_reads_whole_in_both_languages(self, kind, language):
        document = terms(kind=kind, work=None if kind == KINDS[0] else TASK).document
        clauses = clauses_of(document, language)

        assert [clause.number for clause in clauses] == list(range(1, len(clauses) + 1))
        assert ("work" in by_key(document)) == (kind != KINDS[0])
        assert title_of(document, language)
        for clause in clauses:
            assert all((clause.heading, clause.explanation, clause.text))
            assert not {"{", "}"} & set(clause.text)

    def test_both_languages_have_the_same_words_to_say(self):
        def paths(words, path=""):
            for name, value in words.items():
                yield from paths(value, f"{path}.{name}") if isinstance(value, dict) else [f"{path}.{name}"]

        assert set(paths(wording("zh"))) == set(paths(wording("en")))

    def test_the_kinds_differ_where_the_law_does(self):
        texts = {
            kind: by_key(terms(kind=kind, work=None if kind == KINDS[0] else TASK).document)["rights"].text
            for kind in KINDS
        }

        assert len(set(texts.values())) == len(KINDS)
        assert "does not use the buyer's data for itself" in texts["entrusted_processing"]
        assert "checks the identity of both sides" in texts["intermediary"]

    def test_using_is_never_accepting(self):
        assert "is not acceptance" in by_key(terms().document)["acceptance"].text
        assert "不构成验收" in by_key(terms().document, "zh")["acceptance"].text

    def test_a_text_of_a_party_is_no_template(self):
        """Braces in what people write must not be looked up."""
        assert by_key(terms(special_terms="{price} {0}").document)["special"].text == "{price} {0}"

    def test_a_draft_speaks_of_days_and_signed_terms_of_dates(self):
        assert "for 30 days from the day" in by_key(drafted())["limits"].text
        assert "until 2026-12-24 12:00:00.000 (Beijing time)" in by_key(terms().document)["limits"].text

    def test_every_negotiable_member_is_said_by_a_clause(self):
        said = {member for sentences in CLAUSES.values() for item in sentences for member in item.members}
        document = terms().document
        groups = ("rights", "delivery", "acceptance", "quality", "billing", "security", "end", "dispute")
        groups += ("confidentiality", "liability", "change", "permission")
        members = {f"{group}.{name}" for group in groups for name in document[group]}

        assert members - said == set()


class TestLimits:
    def test_each_stands_beside_its_rule_and_who_keeps_it(self):
        limits = {limit.code: limit for limit in by_key(terms(max_rows=50).document)["limits"].limits}

        assert limits["rows"].text == "At most 50 rows may be had in all."
        assert limits["rows"].odrl["constraint"] == [
            {"leftOperand": "rows", "operator": "lteq", "rightOperand": 50}
        ]
        assert limits["rows"].enforcement == "gate_proved"
        assert (limits["calls"].odrl, limits["calls"].enforcement) == ({}, "nothing")

    def test_every_row_of_the_table_is_said_by_one_sentence(self):
        said = [item.constraint for sentences in CLAUSES.values() for item in sentences if item.constraint]

        assert sorted(said) == sorted(constraint.code for constraint in CONSTRAINTS)

    def test_what_is_not_granted_is_forbidden(self):
        assert "trains no models" in by_key(terms().document)["prohibitions"].text
        granted = by_key(terms(rights={"ai_training": True}).document)

        assert "trains no models" not in granted["prohibitions"].text
        assert "may train models" in granted["rights"].text

    def test_the_policy_says_each_rule_in_the_words_of_its_clause(self):
        document = terms(max_calls=7, networks=["203.0.113.0/24"]).document
        policy = describe_policy(document, sentences_of(document))

        rules = policy["permission"][0]["constraint"]
        found = {rule["leftOperand"]: [words["@value"] for words in rule["description"]] for rule in rules}
        assert found["count"] == ["累计最多取得数据 7 次。", "Data may be had at most 7 times in all."]
        assert {rule["action"] for rule in policy["prohibition"]} == {
            "distribute",
            "sell",
            "derive",
            "trainModel",
        }
        assert (
            policy["obligation"][0]["constraint"][0]["rightOperand"]["@value"] == "2027-01-23T04:00:00.000Z"
        )


class TestRedLine:
    def test_names_the_clause_the_words_and_the_member(self):
        (change,) = compare(drafted(), drafted(liability={"cap_percent": 50}), "en")

        assert (change.key, change.heading) == ("liability", "Liability")
        assert [(piece.change, piece.text) for piece in change.pieces][1:3] == [
            ("removed", "100"),
            ("added", "50"),
        ]
        assert [(item.member, item.before, item.after) for item in change.members] == [
            ("liability.cap_percent", 100, 50)
        ]

    def test_marks_single_chinese_characters(self):
        (change,) = compare(drafted(), drafted(acceptance={"silent": True}), "zh")
        changed = "".join(piece.text for piece in change.pieces if piece.change == "added")

        assert "未提出异议" in changed

    def test_shows_a_clause_that_comes_and_one_that_goes(self):
        with_words = drafted(special_terms="Monthly meeting in Wuhan")
        (came,) = compare(drafted(), with_words, "en")
        (went,) = compare(with_words, drafted(), "en")

        assert [piece.change for piece in came.pieces] == ["added"]
        assert (went.number, [piece.change for piece in went.pieces]) == (0, ["removed"])

    def test_of_a_long_passage_is_taken_out_and_put_in_as_a_whole(self):
        """Word by word it would take minutes where words repeat, and a party may write what it likes."""
        before, after = drafted(special_terms="的" * 4_000), drafted(special_terms="的一" * 2_000)
        (change,) = compare(before, after, "zh")

        assert [(piece.change, len(piece.text)) for piece in change.pieces] == [
            ("kept", 1),
            ("removed", 3_999),
            ("added", 3_999),
        ]
