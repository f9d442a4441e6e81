"""The contract as people read it: numbered clauses made from the terms, a pure function of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.terms.constraints import BY_CODE, Document
from contracts.terms.draft import KINDS, LANGUAGES
from contracts.terms.sentences import CLAUSES, Sentence
from contracts.terms.values import values_of
from contracts.terms.wording import said, word, wording

#: A clause that only some kinds of contract have.
_WORK = "work"
#: Who makes a limit hold that the terms do not set.
_NOTHING = "nothing"


@dataclass(frozen=True)
class Limit:
    """A machine-read limit beside the sentence that says it."""

    code: str
    text: str
    member: str
    #: The rule that the policy has for it: action and constraints; empty where the terms set no limit.
    odrl: dict[str, Any]
    #: `gate_proved`, `gate`, `agreed` or `duty`, `nothing` where there is no limit; and what that means.
    enforcement: str
    enforced_by: str


@dataclass(frozen=True)
class Clause:
    """One clause; `members` are the paths of the terms that it is made of."""

    number: int
    key: str
    heading: str
    text: str
    explanation: str
    members: tuple[str, ...]
    limits: tuple[Limit, ...]


def clauses_of(document: Document, language: str) -> list[Clause]:
    """All clauses of a terms document, signed or still a draft, in Chinese (`zh`) or English (`en`)."""
    values = values_of(document, language)
    clauses: list[Clause] = []
    for key, sentences in CLAUSES.items():
        if key == _WORK and document["kind"] == KINDS[0]:
            continue
        spoken = list(_spoken(key, sentences, document, values, language))
        if spoken:
            clauses.append(_clause(len(clauses) + 1, key, spoken, document, language))
    return clauses


def title_of(document: Document, language: str) -> str:
    """What kind of contract it is, in words."""
    title: str = wording(language)["kinds"][document["kind"]]
    return title


def sentences_of(document: Document) -> dict[str, dict[str, str]]:
    """By code of each limit in force, its sentence in both languages."""
    words: dict[str, dict[str, str]] = {}
    for language in LANGUAGES:
        for clause in clauses_of(document, language):
            for limit in clause.limits:
                words.setdefault(limit.code, {})[language] = limit.text
    return words


def _spoken(
    key: str, sentences: tuple[Sentence, ...], document: Document, values: dict[str, str], language: str
) -> Iterator[tuple[Sentence, str]]:
    for sentence in sentences:
        name = sentence.choose(document)
        if name is not None:
            yield sentence, said(language, document["kind"], key, name).format_map(values)


def _clause(
    number: int, key: str, spoken: list[tuple[Sentence, str]], document: Document, language: str
) -> Clause:
    kind = document["kind"]
    return Clause(
        number=number,
        key=key,
        heading=said(language, kind, key, "heading"),
        text=word(language, "full_stop").join(text for _, text in spoken),
        explanation=said(language, kind, key, "explanation"),
        members=tuple(dict.fromkeys(member for sentence, _ in spoken for member in sentence.members)),
        limits=tuple(
            _limit(sentence.constraint, text, document, language)
            for sentence, text in spoken
            if sentence.constraint
        ),
    )


def _limit(code: str, text: str, document: Document, language: str) -> Limit:
    constraint = BY_CODE[code]
    constraints = constraint.odrl(document)
    is_set = bool(constraints) or constraint.rule != "permission"
    enforcement = constraint.enforcement.value if is_set else _NOTHING
    return Limit(
        code=code,
        text=text,
        member=constraint.member,
        odrl={"rule": constraint.rule, "action": constraint.action, "constraint": constraints}
        if is_set
        else {},
        enforcement=enforcement,
        enforced_by=wording(language)["enforcement"][enforcement],
    )
