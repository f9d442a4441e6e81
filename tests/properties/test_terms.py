"""Whatever is agreed, the terms say it, in the same bytes for ever, and no other bytes pass for them."""

import json
from copy import deepcopy

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.terms import Terms, build_terms, check_terms, clauses_of, compare, says_what_was_agreed
from contracts.terms.draft import KINDS
from exchange.core import canonical
from exchange.core.clock import from_millis
from exchange.core.errors import DomainError
from exchange.pricing import PricePlan
from exchange.trust import PrivateKey, SignatureInvalid, jws
from exchange.trust.purposes import CONTRACT
from tests.factories.terms import CONTRACT_ID, draft, listing, party

KEY = PrivateKey.generate()
texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
counts = st.none() | st.integers(1, 2**53 - 1)
prices = st.integers(0, 2**53 - 1)
plans = st.one_of(
    st.fixed_dictionaries({"model": st.just("per_row"), "unit_price_micro": prices, "free_rows": prices}),
    st.fixed_dictionaries({"model": st.just("per_call"), "unit_price_micro": prices}),
    st.fixed_dictionaries({"model": st.just("subscription"), "fee_micro": prices}),
)
scores = st.none() | st.integers(0, 100)
drafts = st.fixed_dictionaries(
    {
        "binding_language": st.sampled_from(["zh", "en"]),
        "columns": st.lists(st.sampled_from(["time", "load_kw", "remark"]), min_size=1, unique=True),
        "delivery_modes": st.lists(st.sampled_from(["query", "file"]), min_size=1, unique=True),
        "days": st.integers(1, 365),
        "max_rows": counts,
        "max_calls": counts,
        "data_from": st.none() | st.just("2026-06-01"),
        "networks": st.lists(st.ip_addresses(v=4).map(lambda address: f"{address}/32"), max_size=3),
        "price_plan": plans,
        "platform_fee_bp": st.integers(0, 10_000),
        "special_terms": st.just("") | texts,
        "quality": st.fixed_dictionaries({"completeness": scores, "accuracy": scores}),
        "liability": st.fixed_dictionaries({"cap_percent": st.none() | st.integers(1, 1000)}),
        "acceptance": st.fixed_dictionaries({"days": st.integers(0, 365), "silent": st.booleans()}),
        "rights": st.fixed_dictionaries({"ai_training": st.booleans()}),
    }
)


@st.composite
def agreed(draw):
    kind = draw(st.sampled_from(KINDS))
    work = None if kind == KINDS[0] else {"task": draw(texts), "provider_share_bp": draw(scores)}
    names = {"name_zh": draw(texts), "name_en": draw(texts)}
    return {
        "agreement_id": "agr_1",
        "negotiation_id": "neg_1",
        "contract_id": CONTRACT_ID,
        "parties": tuple(party(role, **names) for role in ("provider", "buyer", "exchange")),
        "listing": listing(title_zh=draw(texts), title_en=draw(texts)),
        "offer": draft(kind=kind, work=work, **draw(drafts)),
        "valid_from": from_millis(draw(st.integers(0, 2**42))),
    }


@settings(max_examples=60)
@given(agreed())
def test_terms_read_back_say_what_was_agreed(arguments):
    terms = check_terms(Terms.read(build_terms(**arguments).data))

    offer = arguments["offer"]
    assert says_what_was_agreed(terms, offer)
    assert tuple(terms.party(item.role) for item in arguments["parties"]) == arguments["parties"]
    assert (terms.columns, terms.granted_rows) == (tuple(offer["columns"]), offer["max_rows"])
    assert (terms.granted_calls, terms.platform_fee_bp) == (offer["max_calls"], offer["platform_fee_bp"])
    assert terms.price_plan == PricePlan.from_json(offer["price_plan"])
    assert (terms.valid_until - terms.valid_from).days == offer["days"]


@settings(max_examples=60)
@given(agreed())
def test_another_jcs_library_writes_the_same_bytes(arguments):
    data = build_terms(**arguments).data

    assert rfc8785.dumps(json.loads(data)) == data


@settings(max_examples=40)
@given(agreed(), st.sampled_from(["zh", "en"]))
def test_every_limit_in_the_policy_is_said_by_a_clause(arguments, language):
    """And nothing is said to be limited by machines that is not in the policy."""
    document = build_terms(**arguments).document
    policy = document["policy"]

    told = {
        limit.code for clause in clauses_of(document, language) for limit in clause.limits if limit.odrl
    }
    permitted = {item["limit"] for rule in policy["permission"] for item in rule["constraint"]}
    assert permitted <= told
    assert len(told - permitted) == len(policy["prohibition"]) + len(policy["obligation"])


@settings(max_examples=40)
@given(agreed(), agreed())
def test_the_red_line_names_exactly_what_differs(first, second):
    one, other = (build_terms(**item).document for item in (first, second))
    changes = compare(one, other, "zh")

    assert compare(one, one, "zh") == []
    for change in changes:
        before = "".join(piece.text for piece in change.pieces if piece.change != "added")
        after = "".join(piece.text for piece in change.pieces if piece.change != "removed")
        assert {before, after} <= {
            "",
            *(clause.text for clause in (*clauses_of(one, "zh"), *clauses_of(other, "zh"))),
        }


@settings(max_examples=150)
@given(agreed(), st.data())
def test_a_mutation_of_any_member_is_refused(arguments, data):
    """By the check of the members, and where it says something that may be said, by the signature."""
    terms = build_terms(**arguments)
    document = deepcopy(terms.document)
    signature = jws.sign(terms.data, KEY, typ=CONTRACT, role="buyer", issued_at=1)
    path = data.draw(st.sampled_from(sorted(_paths(document))))
    changed = _mutated(document, path, data.draw(st.sampled_from(["remove", "add", "replace"])))
    try:
        mutated = check_terms(Terms.read(canonical.to_bytes(changed)))
    except DomainError:
        return
    with pytest.raises(SignatureInvalid):
        jws.verify(mutated.data, signature, key=KEY.public, typ=CONTRACT, role="buyer")


@pytest.mark.parametrize("place", ["", "permission", "rights", "policy", "subject", "billing", "end"])
def test_an_unknown_member_is_refused_wherever_it_stands(place):
    document = deepcopy(build_terms(**_plain()).document)
    (document[place] if place else document)["side_letter"] = "free of charge"

    with pytest.raises(DomainError):
        check_terms(Terms.read(canonical.to_bytes(document)))


def _plain():
    return {
        "agreement_id": "agr_1",
        "negotiation_id": "neg_1",
        "contract_id": CONTRACT_ID,
        "parties": tuple(party(role) for role in ("provider", "buyer", "exchange")),
        "listing": listing(),
        "offer": draft(),
        "valid_from": from_millis(0),
    }


def _paths(value, path=()):
    if isinstance(value, dict):
        for name, item in value.items():
            yield (*path, name)
            yield from _paths(item, (*path, name))


def _mutated(document, path, how):
    target = document
    for step in path[:-1]:
        target = target[step]
    if how == "remove":
        del target[path[-1]]
    elif how == "add":
        target[f"{path[-1]}_too"] = 1
    else:
        target[path[-1]] = "something else" if not isinstance(target[path[-1]], str) else 7
    return document
