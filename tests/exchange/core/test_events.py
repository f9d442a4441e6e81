from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar

import pytest
from sqlalchemy import select

from exchange.core.canonical import NotCanonical
from exchange.core.database import Database
from exchange.core.entries import decode_entry, decode_record, record_digest
from exchange.core.events import EventRow, find_events, record_event

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


class Colour(StrEnum):
    GREEN = "green"


@dataclass(frozen=True)
class LampSwitched:
    type: ClassVar[str] = "lamp.switched"
    lamp: str
    colour: object = "green"


@pytest.fixture
def reacting(settings, context):
    """The same database, with reactions to the lamp."""
    opened = []

    def with_reactions(*reactions):
        opened.append(Database(settings.database_url, reactions={LampSwitched: reactions}))
        return opened[-1]

    yield with_reactions
    for database in opened:
        database.dispose()


def switch(session, event=LampSwitched("l-1"), at=NOON):
    record_event(session, event, subject=event.lamp, actor="per_1", at=at)


def lamp_events(database):
    with database.reading() as session:
        return find_events(session, ["l-1"], ["lamp.switched"])


class TestRecordedEvent:
    def test_says_what_happened_to_what_by_whom_and_when(self, database):
        database.write(switch)

        (row,) = lamp_events(database)
        entry = decode_entry(row.entry)
        assert (entry.type, entry.subject, entry.actor) == ("lamp.switched", "l-1", "per_1")
        assert decode_record(row.record) == {"lamp": "l-1", "colour": "green"}

    def test_is_pinned_by_the_digest_of_its_record(self, database):
        database.write(switch)

        (row,) = lamp_events(database)
        assert decode_entry(row.entry).payload == record_digest(row.record)

    def test_twice_the_same_gives_different_digests(self, database):
        """Without a salt an erased payload could be guessed back from its digest."""
        database.write(switch)
        database.write(switch)

        first, second = lamp_events(database)
        assert decode_entry(first.entry).payload != decode_entry(second.entry).payload

    def test_is_undone_with_its_transaction(self, database):
        with pytest.raises(ZeroDivisionError), database.writing() as session:
            switch(session)
            raise ZeroDivisionError

        assert lamp_events(database) == []

    def test_holds_the_value_of_a_state(self, database):
        database.write(lambda session: switch(session, LampSwitched("l-1", Colour.GREEN)))

        assert decode_record(lamp_events(database)[0].record)["colour"] == "green"

    def test_with_a_value_that_has_no_canonical_form_is_refused(self, database):
        with pytest.raises(NotCanonical, match="colour"), database.writing() as session:
            switch(session, LampSwitched("l-1", 0.5))


class TestReactions:
    def test_run_in_order_in_the_same_transaction(self, reacting):
        seen = []
        database = reacting(
            lambda session, event, at: seen.append(("first", event.lamp, at)),
            lambda session, event, at: seen.append(("second", event.lamp, at)),
        )
        database.write(switch)

        assert seen == [("first", "l-1", NOON), ("second", "l-1", NOON)]

    def test_that_refuse_undo_the_event(self, reacting):
        def refuse(session, event, at):
            raise ZeroDivisionError

        database = reacting(refuse)
        with pytest.raises(ZeroDivisionError):
            database.write(switch)

        assert lamp_events(database) == []


def test_events_come_back_in_the_order_in_which_they_were_written(database):
    for number in range(5):
        database.write(lambda session, n=number: switch(session, LampSwitched("l-1", n)))

    colours = [decode_record(row.record)["colour"] for row in lamp_events(database)]
    assert colours == [0, 1, 2, 3, 4]


def test_an_event_has_no_place_in_the_log_before_it_is_numbered(database):
    database.write(switch)

    with database.reading() as session:
        position = session.scalars(select(EventRow.position).where(EventRow.subject == "l-1")).one()
    assert position is None
