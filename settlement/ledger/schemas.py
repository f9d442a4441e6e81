"""What the ledger's API gives."""

from marshmallow import Schema, fields


class AccountBalanceSchema(Schema):
    """What stands on an account; `balance_fen` is on its normal side."""

    account_id = fields.String()
    owner = fields.String()
    purpose = fields.String()
    currency = fields.String()
    normal_side = fields.String()
    debit_fen = fields.Integer()
    credit_fen = fields.Integer()
    balance_fen = fields.Integer()


class TrialBalanceSchema(Schema):
    """Every account; `difference_fen` is all debits less all credits and must be zero."""

    difference_fen = fields.Integer()
    accounts = fields.List(fields.Nested(AccountBalanceSchema))
