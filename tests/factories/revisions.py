"""Later revisions of the market's data set, and what is done with them."""

from exchange.core.events import find_events
from exchange.datasets import service
from exchange.datasets.models import DatasetRevision
from exchange.datasets.notices.queries import NoticeCard, find_notices
from exchange.datasets.notices.service import publish_notice
from exchange.datasets.revisions.revocation import revoke_revision
from tests.factories.datasets import load_curve, taken_in

#: The load curve without its remark, which agreements of the market may grant.
WITHOUT_REMARK = b"\n".join(line.rpartition(b",")[0] for line in load_curve().splitlines())


class Revisions:
    """Adds, checks and revokes as the market's provider."""

    def __init__(self, market) -> None:
        self.market = market

    def add(self, body: bytes | None = None, *, shift: int = 1, **options) -> DatasetRevision:
        return self._with(service.add_revision, body, shift, source_name="load.csv", **options)

    def check(self, body: bytes | None = None, *, shift: int = 1, **options) -> service.RevisionCheck:
        return self._with(service.check_revision, body, shift, **options)

    def revoke(self, number: int = 1, *, by=None, reason: str = "meter was faulty", **when):
        return self.market.do(
            revoke_revision,
            actor=(by or self.market.grid_co).actor,
            dataset_id=self.market.dataset_id,
            number=number,
            reason=reason,
            **when,
        )

    def notice(self, *, by=None, **changes) -> NoticeCard:
        """A notice that the remark will go, effective today, but for the changes."""
        notice = {
            "dataset_id": self.market.dataset_id,
            "kind": "schema_change_planned",
            "text_zh": "将取消备注列",
            "text_en": "The remark will go",
            "effective_on": self.market.now.date(),
            "affects": ["remark"],
            **changes,
        }
        return self.market.do(publish_notice, actor=(by or self.market.grid_co).actor, **notice)

    def notices(self, by, **filters) -> list[NoticeCard]:
        return self.market.read(find_notices, actor=by.actor, **filters)

    def events(self, event_type: str) -> list:
        return self.market.read(find_events, [self.market.dataset_id], [event_type])

    def _with(self, verb, body, shift, **options):
        ingested = taken_in(self.market.context.storage, body or load_curve(shift=shift))
        return self.market.do(
            verb,
            actor=options.pop("by", self.market.grid_co).actor,
            dataset_id=self.market.dataset_id,
            ingested=ingested,
            **options,
        )
