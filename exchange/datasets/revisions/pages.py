"""The page of a difference, and the words for the history that a listing's page shows."""

from typing import Any

from flask import Blueprint, render_template

from exchange.context import get_context
from exchange.core.i18n import gettext
from exchange.core.requests import now
from exchange.datasets.errors import DiffPending
from exchange.datasets.revisions.access import view_of
from exchange.datasets.revisions.comparison import Asked, read_diff
from exchange.datasets.revisions.words import reason_words, verdict_words
from exchange.participants.access import current_actor, requires

blueprint = Blueprint("revision_pages", __name__, url_prefix="/datasets", template_folder="../templates")
_TONES = {"breaking": "bad", "compatible": "good"}


@blueprint.get("/<dataset_id>/revisions/<int:old>/diff/<int:new>")
@requires()
def show_diff(dataset_id: str, old: int, new: int) -> Any:
    """What differs between two revisions, as far as the person may see it."""
    context = get_context()
    # In a transaction of its own, which ends before files are read.
    with context.database.reading() as session:
        view = view_of(session, actor=current_actor(), dataset_id=dataset_id, at=now())
    try:
        document = read_diff(
            context.database,
            context.storage,
            actor=current_actor(),
            asked=Asked(dataset_id, old, new),
            inline_cells=context.settings.diff_inline_cells,
            now=now(),
        )
    except DiffPending:
        document = None
    return render_template("datasets/diff.html", dataset=view.dataset, old=old, new=new, document=document)


@blueprint.app_template_global()
def change_words(reason: dict[str, Any]) -> str:
    """One reason of the compatibility rule in words."""
    return reason_words(reason, gettext)


@blueprint.app_template_global()
def verdict_label(verdict: str) -> str:
    """A verdict of the compatibility rule in a word."""
    return verdict_words(verdict, gettext)


@blueprint.app_template_global()
def verdict_tone(verdict: str) -> str:
    """The colour of a verdict."""
    return _TONES.get(verdict, "neutral")


@blueprint.app_template_global()
def pair_words(pair: dict[str, Any] | None) -> str:
    """An old and a new value."""
    if pair is None:
        return gettext("unchanged")
    old, new = ("–" if pair[name] is None else str(pair[name]) for name in ("old", "new"))
    return f"{old} → {new}"
