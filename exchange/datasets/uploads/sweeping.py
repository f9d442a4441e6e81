"""Removing what nobody needs any more: abandoned uploads, and stored files that no row names."""

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from exchange.context import Context
from exchange.core.storage import StoredFile
from exchange.datasets.queries import find_known_revisions
from exchange.datasets.uploads import queries
from exchange.datasets.uploads.parts import PLACE, remove_parts
from exchange.datasets.uploads.service import remove_upload

#: A file is stored before its row is written; work that is so young may still be under way.
SPARED = timedelta(days=1)
_AT_ONCE = 500


def remove_expired_uploads(context: Context, *, now: datetime) -> int:
    """Remove uploads that nobody continued and ended ones that were kept long enough."""
    with context.database.reading() as session:
        expired = queries.find_expired(session, now=now, limit=_AT_ONCE)
    for upload_id in expired:
        if context.database.write(partial(remove_upload, upload_id=upload_id, now=now)):
            remove_parts(context.storage, upload_id)
    return len(expired)


def remove_orphans(context: Context, *, now: datetime) -> int:
    """Remove stored files that crashes and lost races left; returns how many.

    Only files of sealed revisions and of uploads are looked at, and young ones are spared.
    """
    count = 0
    for prefix, known in ((PLACE, queries.still_needed), ("revisions/rev_", find_known_revisions)):
        folder = prefix.partition("/")[0] + "/"
        old = (
            file
            for file in context.storage.storage.find(folder)
            if file.key.startswith(prefix) and file.modified_at < now - SPARED
        )
        for some in _in_groups(old):
            with context.database.reading() as session:
                needed = known(session, {_owner(file) for file in some})
            for file in some:
                if _owner(file) not in needed:
                    context.storage.storage.delete(file.key)
                    count += 1
    return count


def _in_groups(files: Iterable[StoredFile]) -> Iterable[list[StoredFile]]:
    remaining = iter(files)
    while some := list(itertools.islice(remaining, _AT_ONCE)):
        yield some


def _owner(file: StoredFile) -> str:
    """The upload or revision that a file belongs to: the second part of its key."""
    return file.key.split("/")[1]
