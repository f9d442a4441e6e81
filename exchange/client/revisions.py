"""The exchange's verbs about the life of data: revisions, their differences, and notices."""

from typing import Any

from exchange.client.calls import Calls


class RevisionVerbs(Calls):
    """How the revisions of a data set differ and which are withdrawn, and what its buyers are told."""

    def history(self, dataset_id: str, *, before: int | None = None) -> list[dict[str, Any]]:
        """The revisions of a data set, newest first, with what changed and what was withdrawn."""
        return self._list(f"/datasets/{dataset_id}/history", before=before)

    def diff_revisions(
        self, dataset_id: str, old: int, new: int, *, key: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """What differs between two revisions; large ones are waited for as long as the caller is patient."""
        path = f"/datasets/{dataset_id}/revisions/{old}/diff/{new}"
        return self._get(path, key=",".join(key) or None)

    def revoke_revision(
        self, dataset_id: str, number: int, reason: str, *, key: str | None = None
    ) -> dict[str, Any]:
        """Withdraw a revision: nothing of it is delivered from now on (provider, operator)."""
        path = f"/datasets/{dataset_id}/revisions/{number}/revocation"
        return self._post(path, {"reason": reason}, key=key)

    def publish_notice(
        self, dataset_id: str, notice: dict[str, Any], *, key: str | None = None
    ) -> dict[str, Any]:
        """Tell the buyers of a data set what is planned, delayed or corrected (provider)."""
        return self._post(f"/datasets/{dataset_id}/notices", notice, key=key)

    def notices(
        self, *, dataset_id: str | None = None, unread: bool = False, before: str | None = None
    ) -> list[dict[str, Any]]:
        """The notices for the caller's organisation, newest first."""
        return self._list(
            "/notices", dataset_id=dataset_id, unread="true" if unread else None, before=before
        )

    def read_notice(self, notice_id: str, *, key: str | None = None) -> dict[str, Any]:
        """Say that the caller's organisation has read a notice."""
        return self._post(f"/notices/{notice_id}/reading", key=key)
