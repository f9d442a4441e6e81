"""Words for what is known of the data's quality and for how columns are shown, in the reader's language."""

from collections.abc import Callable
from typing import Any

from exchange.catalogue.labels import instant_text, joined
from exchange.core.i18n import gettext, ngettext

_SHOWN_PLACES = 3


def dimension_label(code: str) -> str:
    """A dimension of quality in words."""
    return {
        "conformity": gettext("Conformity"),
        "completeness": gettext("Completeness"),
        "accuracy": gettext("Accuracy"),
        "consistency": gettext("Consistency"),
        "timeliness": gettext("Timeliness"),
        "accessibility": gettext("Accessibility"),
    }.get(code, code)


def reason_words(code: str | None) -> str:
    """Why a dimension has no score."""
    return {
        "no-rules-declared": gettext("not judged: the provider has declared no rules for values"),
        "no-update-frequency-declared": gettext("not judged: no update frequency is declared"),
        "no-time-column": gettext("not judged: there is no time column"),
        "no-day-given": gettext("not judged: no day was given to judge by"),
        "nothing-to-compare": gettext("not judged: there is nothing to compare"),
    }.get(code or "", code or "")


def withheld_words(code: str | None) -> str:
    """Why there is no sample."""
    return {
        "revoked": gettext("The revision on offer was revoked, so nothing of its data is shown."),
        "provider": gettext("The provider publishes no sample of these data."),
        "licence": gettext(
            "The licence of these data permits no changed or shortened copies, so there is no sample."
        ),
        "at-provider": gettext("The data stay with the provider, so the exchange has no rows to show."),
        "all-columns-protected": gettext("Every column of these data is protected, so there is no sample."),
    }.get(code or "", "")


def mask_label(code: str) -> str:
    """How a column is shown to strangers."""
    return {
        "none": gettext("as it is"),
        "mask": gettext("masked"),
        "hash": gettext("hashed"),
        "generalise": gettext("generalised"),
        "drop": gettext("not shown"),
    }.get(code, code)


def level_label(code: str) -> str:
    """The level of a column in words."""
    return {"important": gettext("Important data"), "core": gettext("Core data")}.get(code, code)


def unit_of_strip(code: str) -> str:
    """What one field of a coverage strip stands for."""
    return {
        "day": gettext("one field a day"),
        "month": gettext("one field a month"),
        "year": gettext("one field a year"),
        "decade": gettext("one field a decade"),
        "century": gettext("one field a century"),
    }.get(code, code)


def finding_words(finding: dict[str, Any]) -> str:
    """A finding in one sentence, with its column and the first places where it shows."""
    column, told = finding["column"], _told(finding)
    sentence = told if column is None else gettext("%(column)s: %(told)s", column=column, told=told)
    places = [instant_text(place["at"]) for place in finding["evidence"] if place["at"]][:_SHOWN_PLACES]
    if not places or finding["code"] in {"late-start", "early-end", "resolution-change", "unit-jump"}:
        return sentence
    return gettext("%(told)s, first at %(places)s", told=sentence, places=joined(places))


def _told(finding: dict[str, Any]) -> str:
    code, count = finding["code"], finding["count"]
    told = {**_TIMES, **_VALUES}.get(code)
    return code if told is None else told(finding, count)


#: What each finding about times says.
_TIMES: dict[str, Callable[[dict[str, Any], int], str]] = {
    "gaps": lambda _, count: ngettext("%(num)s gap in the calendar", "%(num)s gaps in the calendar", count),
    "absent-working-days": lambda _, count: ngettext(
        "%(num)s working day without a value; holidays are not declared",
        "%(num)s working days without a value; holidays are not declared",
        count,
    ),
    "beyond-calendar": lambda _, count: ngettext(
        "%(num)s value on a day off", "%(num)s values on days off", count
    ),
    "double-times": lambda _, count: ngettext(
        "%(num)s row repeats a time", "%(num)s rows repeat a time", count
    ),
    "off-step": lambda _, count: ngettext(
        "%(num)s step off the rhythm", "%(num)s steps off the rhythm", count
    ),
    "hours-that-cannot-be": lambda finding, count: ngettext(
        "values at %(num)s local hour that the clocks of %(zone)s skipped",
        "values at %(num)s local hours that the clocks of %(zone)s skipped",
        count,
        zone=finding["zone"],
    ),
    "hours-told-once": lambda finding, count: ngettext(
        "one value for %(num)s hour that came twice on the clocks of %(zone)s",
        "one value each for %(num)s hours that came twice on the clocks of %(zone)s",
        count,
        zone=finding["zone"],
    ),
    "clock-changes-suspected": lambda finding, _: gettext(
        "absent and double hours lie where the clocks of %(zone)s change", zone=finding["zone"]
    ),
    "zone-not-stated": lambda *_: gettext("no time zone is stated"),
    "several-rows-a-time": lambda *_: gettext("several rows share each time"),
    "resolution-change": lambda finding, _: gettext(
        "the rhythm changes, %(steps)s", steps=_change(finding)
    ),
}
#: What each finding about values says.
_VALUES: dict[str, Callable[[dict[str, Any], int], str]] = {
    "late-start": lambda finding, _: gettext(
        "begins later than the others, %(at)s", at=_first_time(finding)
    ),
    "early-end": lambda finding, _: gettext("ends before the others, %(at)s", at=_first_time(finding)),
    "empty-cells": lambda _, count: ngettext("%(num)s empty cell", "%(num)s empty cells", count),
    "both-signs": lambda _, count: ngettext(
        "positive, and negative in %(num)s row", "positive, and negative in %(num)s rows", count
    ),
    "outliers": lambda _, count: ngettext(
        "%(num)s value more than three quartile ranges away",
        "%(num)s values more than three quartile ranges away",
        count,
    ),
    "rule-broken": lambda finding, count: ngettext(
        "%(num)s row breaks the declared rule %(rule)s",
        "%(num)s rows break the declared rule %(rule)s",
        count,
        rule=finding["rule"] + 1,
    ),
    "constant-column": lambda *_: gettext("the same value in every row"),
    "empty-column": lambda *_: gettext("no value at all"),
    "unit-jump": lambda finding, _: gettext(
        "the level jumps by a power of ten, %(steps)s", steps=_change(finding)
    ),
    "single-precision": lambda finding, count: ngettext(
        "digits of single precision in %(num)s value, %(steps)s",
        "digits of single precision in %(num)s values, %(steps)s",
        count,
        steps=_change(finding),
    ),
    "rule-not-applicable": lambda *_: gettext("a declared rule does not fit the columns"),
}


def _first_time(finding: dict[str, Any]) -> str:
    times = [place["at"] for place in finding["evidence"] if place["at"]]
    return instant_text(times[0]) if times else "–"


def _change(finding: dict[str, Any]) -> str:
    if not finding["evidence"]:
        return "–"
    place = finding["evidence"][0]
    return f"{instant_text(place['at'])}: {place['value']}" if place["at"] else str(place["value"])
