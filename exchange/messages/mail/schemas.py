"""What the API of mail takes and gives."""

from marshmallow import Schema, fields, validate

from exchange.core.telling import Topic

_TOPICS = validate.OneOf([topic.value for topic in Topic])
_LANGUAGES = validate.OneOf(["zh", "en"])


class ChooseMailSchema(Schema):
    """Which messages a person wants by mail."""

    topics = fields.List(
        fields.String(validate=_TOPICS),
        required=True,
        validate=validate.Length(max=len(Topic)),
        metadata={"description": "Empty for no mail any more"},
    )
    language = fields.String(load_default="zh", validate=_LANGUAGES)


class MailChoiceSchema(Schema):
    """What a person gets by mail."""

    address = fields.String(
        allow_none=True, metadata={"description": "The login; null where that is no mail address"}
    )
    language = fields.String(validate=_LANGUAGES)
    topics = fields.List(fields.String(validate=_TOPICS))
    waiting = fields.Integer()
    parked = fields.Integer()
