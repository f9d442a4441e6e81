"""What happened, as the organisations are told of it."""

from typing import Any

from sqlalchemy import select

from exchange.audit.sequencer import number_all
from exchange.core.events import EventRow
from exchange.messages import queries
from exchange.messages.following import follow_batch, tellers_by_type
from exchange.messages.jobs import outlets_of
from exchange.messages.models import FollowedLog


class Messages:
    """Follows a market's log, and reads what came of it."""

    def __init__(self, market: Any) -> None:
        self.market = market

    def follow(self, **given: Any) -> "Messages":
        """Number what is committed and tell it, as the jobs do."""
        self.number()
        while self.market.context.database.write(lambda session: self.batch(session, **given)):
            pass
        return self

    def number(self) -> None:
        """Give everything committed its place in the log."""
        context = self.market.context
        number_all(
            context.database, key=context.log_key, origin=context.settings.log_origin, now=self.market.now
        )

    def batch(self, session: Any, **given: Any) -> bool:
        arguments = {
            "tellers": tellers_by_type(self.market.context.tellers),
            "outlets": outlets_of(self.market.context.settings),
            "now": self.market.now,
            **given,
        }
        return follow_batch(session, **arguments)

    def skip(self) -> "Messages":
        """Take everything so far for told, so that a test begins with empty inboxes."""
        self.follow()
        with self.market.context.database.writing() as session:
            for who in ("grid_co", "forecast_lab", "rival", "operator", "regulator"):
                for message in self.rows(session, getattr(self.market, who)):
                    session.delete(message)
        return self

    @staticmethod
    def rows(session: Any, member: Any) -> list[Any]:
        query = select(queries.Message).where(queries.Message.organisation_id == member.organisation_id)
        return list(session.scalars(query.order_by(queries.Message.position)))

    def to(self, member: Any, **filters: Any) -> list[queries.MessageCard]:
        """The messages to a member's organisation, oldest first."""
        found = self.market.read(queries.find_messages, actor=member.actor, limit=200, **filters)
        return found[::-1]

    def types_to(self, member: Any) -> list[str]:
        return [message.event_type for message in self.to(member)]

    def event(self, event_type: str) -> EventRow:
        """The only event of a type."""
        with self.market.context.database.reading() as session:
            return session.scalars(select(EventRow).where(EventRow.type == event_type)).one()

    def followed(self) -> tuple[int, int]:
        """How many entries are followed, and how many the log has."""
        with self.market.context.database.reading() as session:
            size = session.scalar(select(FollowedLog.size))
            return size, len(session.scalars(select(EventRow.id)).all())
