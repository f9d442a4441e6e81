"""What the gate adds to a deal's page: deliveries by day, and how much of the quota is used."""

from datetime import date
from itertools import accumulate
from typing import Any

from sqlalchemy.orm import Session

from contracts.agreements import AgreementCard
from contracts.agreements.timeline import TimelineItem
from contracts.deliveries import queries
from exchange.core.clock import SHANGHAI
from exchange.core.i18n import gettext, ngettext
from exchange.portal.charts import bar_chart, quota_gauge

_RECORDS_SHOWN = 20


def timeline_of_deliveries(session: Session, agreement_id: str) -> list[TimelineItem]:
    """One line a day, however many deliveries the day had; it stands at the first of them."""
    days = queries.find_usage_days(session, agreement_id)
    # Numbers have no gaps, so the running count of a day is the number of its last delivery.
    lasts = list(accumulate(calls for _, _, calls, _ in days))
    firsts = [last - day[2] + 1 for last, day in zip(lasts, days, strict=True)]
    times = queries.find_record_times(session, agreement_id, [*firsts, *lasts])
    return [
        TimelineItem(
            times[first],
            ngettext("%(num)s delivery", "%(num)s deliveries", calls),
            gettext(
                "%(rows)s rows; the last at %(time)s",
                rows=f"{rows:,}",
                time=f"{times[last].astimezone(SHANGHAI):%H:%M:%S}",
            ),
            url="#deliveries",
            tone="info",
        )
        for (_, rows, calls, _), first, last in zip(days, firsts, lasts, strict=True)
    ]


def usage_of_deal(session: Session, deal: AgreementCard) -> dict[str, Any] | None:
    """The quota gauge, the rows of each day, and the last deliveries with their digests."""
    meter = queries.get_meter(session, deal.id)
    if meter is None:
        return None
    days = queries.find_usage_days(session, deal.id)
    return {
        "meter": meter,
        "days": [(day, f"{rows:,}", calls, f"{size:,}") for day, rows, calls, size in days],
        "gauge": quota_gauge(
            meter.delivered_rows, meter.granted_rows, title=gettext("Rows delivered"), unit=gettext("rows")
        ),
        "chart": bar_chart(
            [(date.fromisoformat(day), rows) for day, rows, _, _ in days],
            title=gettext("Rows by day"),
            unit=gettext("rows"),
            empty=gettext("Nothing was delivered yet"),
        ),
        "records": queries.find_records(
            session, deal.id, after=max(0, meter.deliveries - _RECORDS_SHOWN), limit=_RECORDS_SHOWN
        ),
    }
