"""One whole deal, step by step, as its parties would do it; every step says what it proved.

Each request carries a key made of the deal and the step, so a walk that was cut off, or is run again,
continues where it stopped and nothing happens twice.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exchange.catalogue.codes import get_table
from exchange.catalogue.listing_file.prefill import prefilled_offer
from exchange.client import ReceiptBook, Refused
from exchange.core.clock import now, period_of
from exchange.core.errors import DomainError
from exchange.core.i18n import N_, terminal_translations
from exchange.core.money import format_yuan
from exchange.demo.deals import DealPlan
from exchange.demo.people import APPROVER, Party

PAGE_ROWS = 5_000
_DEARER = {"model": "per_row", "unit_price_micro": 9_000_000}
Tell = Callable[[str, str], None]
#: Told what is under way.
Busy = Callable[[str], None]


class DemoFailed(DomainError):
    """The exchange did something the demo proves it does not do."""

    kind = "conflict"
    code = "demo-failed"


@dataclass
class DealWalked:
    """What came of one deal."""

    source: str
    title_zh: str = ""
    title_en: str = ""
    listing_id: str = ""
    agreement_id: str = ""
    rows: int = 0
    rows_delivered: int = 0
    amount_fen: int = 0
    statement_id: str = ""
    statement_number: str = ""
    periods: set[str] = field(default_factory=set)

    def to_json(self) -> dict[str, Any]:
        """What programs read of it."""
        shown = (
            "source",
            "listing_id",
            "agreement_id",
            "rows",
            "rows_delivered",
            "amount_fen",
            "statement_id",
        )
        return {name: getattr(self, name) for name in shown}


class Walk:
    """The walk of one deal from upload to the last delivered row."""

    def __init__(
        self, plan: DealPlan, parties: dict[str, Party], tell: Tell, busy: Busy = lambda _: None
    ) -> None:
        self.plan = plan
        self.provider, self.buyer = parties["provider"], parties["buyer"]
        self.operator, self.approver = parties["operator"], parties[APPROVER]
        self.deal = DealWalked(plan.path.name, plan.title_zh, plan.title_en)
        self.offer: dict[str, Any] = {}
        self._tell = tell
        self._busy = busy
        self._gettext = terminal_translations().gettext

    def run(self) -> DealWalked:
        """Walk all steps; a refusal ends the walk with its reason."""
        revision = self._upload()
        self._list(revision)
        negotiation = self._negotiate()
        terms_sha256 = self._sign(negotiation)
        self._edit_listing(terms_sha256)
        self._deliver()
        return self.deal

    def _key(self, step: str) -> str:
        return f"demo/{self.plan.slug}/{step}"

    def _say(self, title: str, proof: str, **values: object) -> None:
        self._tell(self._gettext(title), self._gettext(proof) % values)

    def _under_way(self, text: str, **values: object) -> None:
        self._busy(self._gettext(text) % values)

    def _upload(self) -> dict[str, Any]:
        self._under_way(N_("Uploading %(file)s, checking every cell"), file=self.plan.path.name)
        revision = self.provider.exchange.upload_dataset(
            self.plan.path,
            name=self.plan.title_en,
            notes=self.provider.uploads,
            key=self._key("upload"),
        )
        if self.plan.words.declaration:
            self.provider.exchange.assess_quality(
                revision["id"], dict(self.plan.words.declaration), key=self._key("quality")
            )
        self.deal.rows = revision["rows"]
        self._say(
            N_("Data set stored"),
            N_("%(rows)s rows, %(columns)s columns, SHA-256 %(digest)s…"),
            rows=f"{revision['rows']:,}",
            columns=len(revision["schema"]["fields"]),
            digest=revision["sha256"][:12],
        )
        return revision

    def _complete_offer(self, revision: dict[str, Any]) -> dict[str, Any]:
        """Everything that the data say by themselves, and the provider's texts and prices on top."""
        known = prefilled_offer(revision, name=self.plan.title_en)
        coverage = {**known["coverage"], "region": self.plan.region}
        dictionary = [self._meant(entry) for entry in known["dictionary"]]
        self.offer = {**known, "coverage": coverage, "dictionary": dictionary, **self.plan.offer}
        return self.offer

    def _meant(self, entry: dict[str, Any]) -> dict[str, Any]:
        meaning = self.plan.words.meanings.get(entry["name"])
        return {**entry, "meaning_zh": meaning[0], "meaning_en": meaning[1]} if meaning else entry

    def _list(self, revision: dict[str, Any]) -> None:
        self._under_way(N_("Listing it"))
        version = self.provider.exchange.create_listing(
            revision["dataset_id"], self._complete_offer(revision), key=self._key("listing")
        )
        self.deal.listing_id, number = version["listing_id"], version["version"]
        self.provider.exchange.submit_version(self.deal.listing_id, number, key=self._key("submit"))
        checklist = list(get_table("review_checklist").values)
        self.approver.exchange.approve_version(
            self.deal.listing_id,
            number,
            "approved",
            "complete and true 内容完整属实",
            checklist=checklist,
            key=self._key("approve"),
        )
        self.operator.exchange.decide_version(
            self.deal.listing_id,
            number,
            "listed",
            "checklist passed 审核清单通过",
            checklist=checklist,
            key=self._key("decide"),
        )
        self._say(
            N_("Listed after two reviews"),
            N_("version %(version)s, passed by a second person of the provider and by the operator"),
            version=number,
        )

    def _negotiate(self) -> dict[str, Any]:
        self._under_way(N_("Negotiating"))
        negotiation = self.buyer.exchange.request_access(
            self.plan.request(self.deal.listing_id, self.deal.rows), key=self._key("request")
        )
        self.provider.exchange.offer_terms(negotiation["id"], key=self._key("offer"))
        self.buyer.exchange.accept_offer(negotiation["id"], key=self._key("accept"))
        self._say(N_("Negotiated"), N_("request with a purpose, offer, acceptance"))
        return negotiation

    def _sign(self, negotiation: dict[str, Any]) -> str:
        self._under_way(N_("Signing"))
        agreement = self.buyer.exchange.agreement_of(negotiation["id"])
        self.deal.agreement_id = agreement["id"]
        terms_sha256 = str(agreement["terms_sha256"])
        for party in (self.provider, self.buyer):
            if party.key is None:
                raise DemoFailed(f"the {party.role} has no key")
            party.exchange.sign_agreement(
                agreement["id"],
                party.key,
                role=party.role,
                expected_sha256=terms_sha256,
                request_key=self._key(f"sign-{party.role}"),
            )
        if self.buyer.exchange.agreement(agreement["id"])["state"] != "active":
            raise DemoFailed("both parties signed and the agreement is not in force")
        self._say(
            N_("Signed by all three"),
            N_("provider, buyer and exchange, over the same bytes: SHA-256 %(digest)s…"),
            digest=terms_sha256[:12],
        )
        return terms_sha256

    def _edit_listing(self, terms_sha256: str) -> None:
        dearer = {**self.offer, "price_plans": [self.plan.priced(_DEARER)]}
        self.provider.exchange.edit_listing(self.deal.listing_id, dearer, key=self._key("edit"))
        agreement = self.buyer.exchange.agreement(self.deal.agreement_id)
        if agreement["terms_sha256"] != terms_sha256:
            raise DemoFailed("an edit of the listing changed signed terms")
        self._say(N_("Provider edited the listing"), N_("the signed terms did not change by a byte"))

    def _deliver(self) -> None:
        buyer, agreement_id = self.buyer.exchange, self.deal.agreement_id
        book = ReceiptBook(buyer.exchange_signing_key())
        question: dict[str, Any] = {"request_prefix": self._key("page"), "limit": PAGE_ROWS}
        for page in buyer.read_all(agreement_id, book, **question):
            self.deal.periods.add(page.receipt.period)
            self._under_way(
                N_("Delivering: %(done)s of %(rows)s rows"),
                done=f"{book.rows:,}",
                rows=f"{self.deal.rows:,}",
            )
        first = next(iter(buyer.read_all(agreement_id, book, **question)))
        self.deal.rows_delivered = book.rows
        usage = buyer.usage(agreement_id)
        if usage["delivered_rows"] != book.rows or usage["deliveries"] != len(book.receipts):
            raise DemoFailed("the meter and the buyer's receipts disagree")
        self._say(
            N_("Delivered through the gate"),
            N_("%(rows)s rows with signed receipts; page %(number)s asked for twice, counted once"),
            rows=f"{book.rows:,}",
            number=first.receipt.number,
        )
        self._exhaust(book)

    def _exhaust(self, book: ReceiptBook) -> None:
        try:
            self.buyer.exchange.read_page(
                self.deal.agreement_id, book, request_id=self._key("one-more"), limit=1
            )
        except Refused as refusal:
            if refusal.code != "quota-exhausted":
                raise
            self._say(
                N_("One row more is refused"),
                N_("all %(rows)s granted rows are delivered"),
                rows=f"{book.rows:,}",
            )
        else:
            raise DemoFailed("a row was delivered beyond the quota")


def settle(deals: list[DealWalked], parties: dict[str, Party], tell: Tell) -> None:
    """Turn the deliveries into statements and read them back as the buyer."""
    _ = terminal_translations().gettext
    current = period_of(now()).key
    for period in sorted({period for deal in deals for period in deal.periods}):
        parties["operator"].exchange.run_settlement(period, interim=period == current)
    for deal in deals:
        statements = parties["buyer"].exchange.statements(agreement_id=deal.agreement_id)
        deal.amount_fen = sum(item["amount_fen"] for item in statements)
        if not statements:
            raise DemoFailed(f"{deal.source} was delivered and not billed")
        deal.statement_id, deal.statement_number = statements[0]["id"], statements[0]["number"]
        tell(
            _("Settled"),
            _("%(source)s: ¥%(amount)s, statement %(number)s")
            % {
                "source": deal.source,
                "amount": format_yuan(deal.amount_fen),
                "number": deal.statement_number,
            },
        )
