"""What the gate's API takes and gives."""

from marshmallow import Schema, fields, validate


class ReadRowsSchema(Schema):
    """Which rows of the agreement's data set to deliver as one page."""

    time_from = fields.String(data_key="from", load_default=None)
    time_to = fields.String(
        data_key="to", load_default=None, metadata={"description": "Exclusive: the range is half open"}
    )
    columns = fields.String(
        load_default="", metadata={"description": "Names separated by commas; empty for all granted"}
    )
    cursor = fields.String(
        load_default=None, metadata={"description": "`next_cursor` of the page before; none for the first"}
    )
    limit = fields.Integer(load_default=1000, validate=validate.Range(min=1))
    form = fields.String(data_key="format", load_default="json", validate=validate.OneOf(["json", "csv"]))


class ReadFileSchema(Schema):
    """Which columns and range to deliver as one file."""

    time_from = fields.String(data_key="from", load_default=None)
    time_to = fields.String(data_key="to", load_default=None)
    columns = fields.String(load_default="")
    form = fields.String(data_key="format", load_default="csv", validate=validate.OneOf(["csv", "parquet"]))


class FindDeliveriesSchema(Schema):
    """Which delivery records to list."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0))
    limit = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class DeliverySchema(Schema):
    """A delivery record with the buyer's receipt."""

    id = fields.String()
    number = fields.Integer()
    request_id = fields.String()
    mode = fields.String()
    question = fields.Dict()
    rows = fields.Integer()
    size_bytes = fields.Integer()
    succeeded = fields.Integer(metadata={"description": "1 when the call succeeded, else 0"})
    hits = fields.Integer(metadata={"description": "1 when the call found data, else 0"})
    files = fields.Integer(metadata={"description": "1 when a file was handed out, else 0"})
    content_sha256 = fields.String()
    period = fields.String()
    recorded_at = fields.AwareDateTime()
    receipt = fields.String()


class UsageSchema(Schema):
    """What is used of an agreement."""

    agreement_id = fields.String()
    granted_rows = fields.Integer(allow_none=True)
    delivered_rows = fields.Integer()
    granted_calls = fields.Integer(allow_none=True)
    deliveries = fields.Integer()
    valid_from = fields.AwareDateTime()
    valid_until = fields.AwareDateTime()
