"""What the third stage brings: settlement runs, statements and the ledger."""

import settlement.ledger.api
import settlement.ledger.cli
import settlement.ledger.replay
import settlement.runs.api
import settlement.runs.cli
import settlement.runs.jobs
import settlement.runs.replay
import settlement.runs.telling
import settlement.simulations.api
import settlement.statements.api
import settlement.statements.labels
import settlement.statements.pages
import settlement.statements.parts
import settlement.statements.replay
import settlement.statements.telling
from contracts import agreements
from exchange.core.i18n import lazy
from exchange.core.stage import NavigationItem, Stage
from settlement import statements
from settlement.ledger.errors import AlreadyReversed, TransferKeyReused
from settlement.runs.events import AgreementParked
from settlement.statements.events import StatementIssued


def _key_reused() -> Exception:
    return TransferKeyReused("the key stands for another transfer", field="key")


def _already_reversed() -> Exception:
    return AlreadyReversed("the transfer is reversed already")


STAGE = Stage(
    api_blueprints=(
        settlement.statements.api.blueprint,
        settlement.runs.api.blueprint,
        settlement.ledger.api.blueprint,
        settlement.simulations.api.blueprint,
    ),
    page_blueprints=(settlement.statements.pages.blueprint,),
    commands=(settlement.runs.cli.settlement, settlement.ledger.cli.ledger),
    jobs=(settlement.runs.jobs.SETTLE_CLOSED_PERIODS,),
    reactions={agreements.AgreementExecuted: (statements.open_deal_accounts,)},
    tellers={
        StatementIssued: (settlement.statements.telling.tell_issued,),
        AgreementParked: (settlement.runs.telling.tell_parked,),
    },
    constraint_errors={
        "pk_ledger_transfers": _key_reused,
        "uq_ledger_transfers_key": _key_reused,
        "uq_ledger_transfers_reverses": _already_reversed,
    },
    replay_rules=(
        settlement.ledger.replay.RULES,
        settlement.statements.replay.RULES,
        settlement.runs.replay.RULES,
    ),
    navigation=(NavigationItem(lazy("Statements"), "statement_pages.show_statements"),),
    page_parts={
        "home": (settlement.statements.parts.statements_part,),
        "deal.timeline": (settlement.statements.parts.timeline_of_statements,),
        "deal.bills": (settlement.statements.parts.bills_of_deal,),
        "log.words": (settlement.statements.labels.event_words,),
    },
)
