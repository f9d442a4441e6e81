"""Sets as integers, against plain Python sets."""

from hypothesis import given
from hypothesis import strategies as st

from exchange.catalogue.search.places import (
    BLOCK,
    COLUMNS,
    KEYWORDS,
    LEVELS,
    SUMMARY,
    TITLE,
    Scores,
    as_flags,
    empty_block,
    newest_first,
    packed,
    read_level,
    read_levels,
    set_of,
    unpacked,
    write_place,
)

NUMBERS = st.integers(0, 3 * BLOCK - 1)
LEVEL = st.sampled_from([COLUMNS, SUMMARY, KEYWORDS, TITLE])


@given(st.dictionaries(NUMBERS, LEVEL, max_size=30))
def test_what_is_written_in_blocks_is_read_back_by_level(places):
    read = [0] * len(LEVELS)
    for block in {number // BLOCK for number in places}:
        data = empty_block()
        for number, level in places.items():
            if number // BLOCK == block:
                write_place(data, number, level)
        stored = packed(data)
        read = [one | two for one, two in zip(read, read_levels(stored, block), strict=True)]

    expected = [set_of({n for n, level in places.items() if level >= least}) for least in LEVELS]
    assert read == expected


def test_a_place_is_taken_back():
    data = empty_block()
    write_place(data, 7, TITLE)
    data = unpacked(packed(data))
    write_place(data, 7, 0)

    assert read_level(packed(data), 0, COLUMNS) == 0


@given(st.sets(NUMBERS, max_size=50))
def test_the_newest_number_comes_first(numbers):
    assert list(newest_first(set_of(numbers))) == sorted(numbers, reverse=True)


@given(st.sets(st.integers(0, 200), max_size=50))
def test_flags_stand_at_their_numbers(numbers):
    assert {at for at, flag in enumerate(as_flags(set_of(numbers))) if flag} == numbers


@given(
    st.lists(st.tuples(st.sets(st.integers(0, 60)), st.integers(0, 4)), max_size=12),
    st.sets(st.integers(0, 60)),
)
def test_scores_put_the_best_group_first(additions, wanted):
    scores, points = Scores(), dict.fromkeys(range(61), 0)
    for numbers, doublings in additions:
        scores.add(set_of(numbers), doublings=doublings)
        for number in numbers:
            points[number] += 2**doublings

    groups = [set(newest_first(group)) for group in scores.groups(set_of(wanted))]

    by_points = {}
    for number in wanted:
        by_points.setdefault(points[number], set()).add(number)
    for least in (0, 1, 5, 40):
        enough = {number for number in wanted if points[number] >= least}
        assert scores.at_least(least, set_of(wanted)) == set_of(enough)
    assert groups == [by_points[key] for key in sorted(by_points, reverse=True)]


def test_a_set_is_made_of_its_numbers():
    assert [set_of(numbers) for numbers in ((), {0}, [5, 1, 5])] == [0, 1, 0b100010]


@given(st.lists(st.sampled_from([0, *LEVELS]), min_size=1, max_size=60), st.integers(0, 3))
def test_the_sets_of_all_levels_are_those_of_each(levels, block):
    data = empty_block()
    for number, level in enumerate(levels):
        write_place(data, number, level)

    stored = packed(data)
    assert read_levels(stored, block) == tuple(read_level(stored, block, level) for level in LEVELS)
