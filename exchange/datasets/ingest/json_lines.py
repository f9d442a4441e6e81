"""JSON Lines: flat objects, one per line, rewritten as records of text so that there is one way in."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import orjson

from exchange.datasets.errors import UnreadableSource

# Python's own reader hands numbers over as they are written; others would round long ones.
_DECODER = json.JSONDecoder(
    parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=list[tuple[str, Any]]
)


def member_names(path: Path, name: str) -> list[str]:
    """Return the members of all objects in the order in which they first appear.

    Raises:
        UnreadableSource: a line is no flat object; the message names it.
    """
    names: dict[str, None] = {}
    for _, members in _objects(path, name):
        for member, _ in members:
            names.setdefault(member)
    return list(names)


def write_records(path: Path, name: str, target: Path, positions: dict[str, int]) -> None:
    """Write each object as `{"c0": text, …}`; null and absent members are left out.

    Args:
        positions: the number in the key of each member.
    """
    with target.open("wb") as stream:
        for _, members in _objects(path, name):
            record = {
                f"c{positions[member]}": _cell_text(value) for member, value in members if value is not None
            }
            stream.write(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))


def lines_of(path: Path, records: Sequence[int]) -> list[int]:
    """Return the lines on which some records stand, given in rising order; empty lines are no records."""
    with path.open(encoding="utf-8-sig") as stream:
        filled = (number for number, line in enumerate(stream, start=1) if line.strip())
        lines, start = [], 0
        for record in records:
            lines += list(islice(filled, record - start, record - start + 1))
            start = record + 1
    return lines


def _objects(path: Path, name: str) -> Iterator[tuple[int, list[tuple[str, Any]]]]:
    try:
        with path.open(encoding="utf-8-sig") as stream:
            for number, line in enumerate(stream, start=1):
                if line.strip():
                    yield number, _members(line, name, number)
    except UnicodeDecodeError as error:
        raise UnreadableSource(
            f"{name} is not text in UTF-8, as JSON is.", remedy="Save it in UTF-8."
        ) from error


def _members(line: str, name: str, number: int) -> list[tuple[str, Any]]:
    try:
        members = _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableSource(
            f"{name}, line {number}: this is not JSON ({error}).", remedy="Write one JSON object per line."
        ) from error
    # An object is a list of pairs here and an array a plain list: only what is in it tells them apart.
    if line.lstrip()[0] != "{":
        _refuse(name, number, None, "is no object")
    seen = set()
    for member, value in members:
        if isinstance(value, list):
            _refuse(name, number, member, "is nested")
        if member in seen:
            _refuse(name, number, member, "is there twice")
        seen.add(member)
    return list(members)


def _refuse(name: str, number: int, member: str | None, what: str) -> NoReturn:
    subject = "the value" if member is None else f"member {member}"
    raise UnreadableSource(
        f"{name}, line {number}: {subject} {what}.",
        field=member,
        remedy="Write one flat object per line: members with text, numbers, booleans or null.",
        place=f"line {number}",
    )


def _cell_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
