"""Whatever people try, in whatever order: an agreement ends once, never in the past, and offline the same follows."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.agreements.life.course import STEPS, Course, Step, after, course_of
from contracts.agreements.life.standing import ENDED, LifeState, state_of
from contracts.terms import Party, build_terms, new_contract_id
from exchange.core.clock import to_millis
from exchange.core.errors import DomainError
from tests.factories.terms import draft, listing

START = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
_USCC = "91350100M000100Y43"
TERMS = build_terms(
    agreement_id="agr_1",
    negotiation_id="neg_1",
    contract_id=new_contract_id(uscc=_USCC, area_code="420100", at=START),
    parties=tuple(
        Party(role, f"org_{role}", role, role, _USCC, f"kid-{role}", "Ed25519")
        for role in ("provider", "buyer", "exchange")
    ),
    listing=listing(),
    offer=draft(platform_fee_bp=500, days=120),
    valid_from=START,
)
ROLES = ("provider", "buyer", "regulator", "operator", "exchange")
tries = st.lists(
    st.tuples(
        st.sampled_from(sorted(STEPS)),
        st.sampled_from(ROLES),
        st.integers(0, 30),  # days until it is tried
        st.integers(-5, 140),  # days until the end that it names
        st.integers(1, 12),  # the step that it is about
    ),
    max_size=40,
)


def walked(attempts, executed_at):
    """The course after every attempt that was possible, and each of its states on the way."""
    course, at, seen = Course(TERMS, executed_at), START, []
    for kind, role, wait, ahead, about in attempts:
        at += timedelta(days=wait)
        content = {
            "ends_at": to_millis(at + timedelta(days=ahead)),
            "answers": about,
            "withdraws": about,
            "until": to_millis(START + timedelta(days=14)),
            "deliveries": 1,
            "rows": TERMS.document["subject"]["rows"],
            "destroyed_at": to_millis(at),
        }
        step = Step(len(course.steps) + 1, kind, role, content, at)
        try:
            following = after(course, step)
        except DomainError:
            continue
        seen.append((course, step, following))
        course = following
    return course, seen


@given(tries)
def test_an_end_is_never_set_in_the_past_nor_beyond_the_term(attempts):
    _, seen = walked(attempts, START)

    for before, step, following in seen:
        if following.ends_at != before.ends_at:
            assert step.at <= following.ends_at <= TERMS.valid_until
            assert step.at < before.ends_at


@given(tries)
def test_once_ended_it_stays_ended(attempts):
    _, seen = walked(attempts, START)

    for before, step, following in seen:
        if step.at >= before.ends_at:
            assert following.ends_at == before.ends_at
            assert state_of(following, step.at, is_filed=True, is_held=True) in ENDED


@given(tries)
def test_the_steps_alone_give_the_same_course(attempts):
    course, _ = walked(attempts, START)

    again = course_of(TERMS, START, course.steps)

    assert again == course


@given(tries)
def test_unsigned_it_is_only_given_up(attempts):
    course, seen = walked(attempts, None)

    assert {step.step for _, step, _ in seen} <= {"abandon", "lapse"}
    assert len(course.steps) <= 1
    state = state_of(course, START, is_filed=False, is_held=False)
    assert (state is LifeState.PENDING_SIGNATURES) is (course.closed is None)
