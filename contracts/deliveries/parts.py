"""What the gate adds to a deal's page: deliveries by day, and how much of the quota is used."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from contracts.agreements import AgreementCard
from contracts.agreements.timeline import TimelineItem
from contracts.deliveries import queries
from exchange.core.clock import SHANGHAI
from exchange.core.i18n import gettext, ngettext
from exchange.portal.charts import bar_chart, quota_gauge


def timeline_of_deliveries(session: Session, agreement_id: str) -> list[TimelineItem]:
    """One line a day, however many deliveries the day had."""
    return [
        TimelineItem(
            datetime.combine(date.fromisoformat(day), time.max, SHANGHAI),
            ngettext("%(num)s delivery", "%(num)s deliveries", calls),
            gettext("%(rows)s rows on %(day)s", rows=f"{rows:,}", day=day),
        )
        for day, rows, calls, _ in queries.find_usage_days(session, agreement_id)
    ]


def usage_of_deal(session: Session, deal: AgreementCard) -> dict[str, Any] | None:
    """The quota gauge, the rows of each day, and the last deliveries with their digests."""
    meter = queries.get_meter(session, deal.id)
    if meter is None:
        return None
    days = queries.find_usage_days(session, deal.id)
    return {
        "meter": meter,
        "gauge": quota_gauge(
            meter.delivered_rows, meter.granted_rows, title=gettext("Rows delivered"), unit=gettext("rows")
        ),
        "chart": bar_chart(
            [(date.fromisoformat(day), rows) for day, rows, _, _ in days],
            title=gettext("Rows by day"),
            unit=gettext("rows"),
        ),
        "records": queries.find_records(session, deal.id, after=max(0, meter.deliveries - 20), limit=20),
    }
