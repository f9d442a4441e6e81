"""A difference as lines of text, for the terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

from exchange.core.i18n import N_
from exchange.datasets.revisions.words import Translate, reason_words, verdict_words

#: Examples of one column in the terminal; the JSON document has them all.
_SHOWN = 5


def diff_lines(document: Mapping[str, Any], translate: Translate) -> Iterator[str]:
    """Tell a difference: the verdict and its reasons, then rows, then values by column."""
    rows = document["rows"]
    yield f"{_name(document['old'])} → {_name(document['new'])}: " + verdict_words(
        document["compatibility"]["verdict"], translate
    )
    for reason in document["compatibility"]["reasons"]:
        sign = "✕" if reason["effect"] == "breaking" else "·"
        yield f"  {sign} {reason_words(reason, translate)}"
    yield translate(
        N_("rows: %(added)s added, %(removed)s removed, %(changed)s changed, %(unchanged)s unchanged")
    ) % {name: f"{rows[name]:,}" for name in ("added", "removed", "changed", "unchanged")}
    if rows["method"] == "key":
        yield "  " + translate(N_("paired by %(key)s")) % {"key": ", ".join(rows["key"])}
    else:
        yield "  " + translate(N_("compared as whole rows: no column tells them apart"))
    for item in document["values"]:
        yield from _value_lines(item, translate)
    if document["masked"]:
        hidden = ", ".join(document["masked"])
        yield translate(N_("values not shown: %(names)s")) % {"names": hidden}


def _value_lines(item: Mapping[str, Any], translate: Translate) -> Iterator[str]:
    line = translate(N_("%(column)s: %(changed)s values changed")) % {
        "column": item["name"],
        "changed": f"{item['changed']:,}",
    }
    if item["largest"]:
        largest = translate(N_("by %(difference)s at most")) % {"difference": item["largest"]["difference"]}
        line = f"{line}, {largest}"
    yield line
    for example in item["examples"][:_SHOWN]:
        old, new = ("–" if example[name] is None else example[name] for name in ("old", "new"))
        yield f"  {', '.join(map(str, example['key']))}: {old} → {new}"


def _name(side: Mapping[str, Any]) -> str:
    return str(side.get("number", side.get("name")))
