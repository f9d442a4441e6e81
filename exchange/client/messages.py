"""The exchange's verbs about what an organisation is told."""

from typing import Any

from exchange.client.calls import Calls


class MessageVerbs(Calls):
    """The inbox of the caller's organisation."""

    def messages(
        self, *, topic: str | None = None, unread: bool = False, before: int | None = None
    ) -> list[dict[str, Any]]:
        """The messages to the caller's organisation, newest first."""
        return self._list("/messages", topic=topic, unread="true" if unread else None, before=before)

    def read_message(self, message_id: str, *, key: str | None = None) -> dict[str, Any]:
        """Say that the caller's organisation has read a message."""
        return self._post(f"/messages/{message_id}/reading", key=key)

    def read_messages(self, until: int, *, key: str | None = None) -> int:
        """Say that everything up to a position of the log was read; returns how many were unread."""
        return int(self._post("/messages/reading", {"until": until}, key=key)["read"])

    def mail_choice(self) -> dict[str, Any]:
        """What the caller gets by mail."""
        return self._get("/mail-choice")

    def choose_mail(
        self, topics: tuple[str, ...], *, language: str = "zh", key: str | None = None
    ) -> dict[str, Any]:
        """Get the messages of some topics by mail; of none, no mail any more."""
        return self._post("/mail-choice", {"topics": list(topics), "language": language}, key=key)
