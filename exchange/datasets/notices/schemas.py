"""What the API of notices takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.datasets.notices.service import STATED_KINDS


class PublishNoticeSchema(Schema):
    """What the provider tells the buyers of a data set."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in STATED_KINDS]))
    text_zh = fields.String(required=True, validate=validate.Length(1, 2000))
    text_en = fields.String(required=True, validate=validate.Length(1, 2000))
    effective_on = fields.Date(
        required=True, metadata={"description": "Asia/Shanghai calendar day from which it holds"}
    )
    affects = fields.List(
        fields.String(validate=validate.Length(1, 200)),
        load_default=list,
        validate=validate.Length(max=1600),
        metadata={"description": "Columns concerned; empty for the whole data set"},
    )


class FindNoticesSchema(Schema):
    """Which notices to list."""

    dataset_id = fields.String(load_default=None)
    unread = fields.Boolean(load_default=False)
    before = fields.String(
        load_default=None, metadata={"description": "Id of the last notice of the page before"}
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class NoticeSchema(Schema):
    """A notice as the reader's organisation sees it."""

    id = fields.String()
    dataset_id = fields.String()
    dataset_name = fields.String()
    kind = fields.String()
    text_zh = fields.String()
    text_en = fields.String()
    effective_on = fields.String()
    affects = fields.List(fields.String())
    revision_number = fields.Integer(allow_none=True)
    published_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)
