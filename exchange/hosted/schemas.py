"""What the API of provider-hosted products takes and gives; a listing shows a description without its address."""

from typing import Any, get_args
from urllib.parse import urlsplit

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from exchange.datasets import FieldType

_NAME = validate.Regexp(r"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$", error="A name has letters, digits, _ . -")
_PATH = validate.Regexp(r"^([A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*)?$", error="A path is names joined by dots")
#: Headers that belong to the connection; a description may not claim them.
_RESERVED_HEADERS = {"host", "connection", "content-length", "transfer-encoding", "content-type", "accept"}


class AuthSchema(Schema):
    """How the API knows its caller; the secret itself is never part of a description."""

    kind = fields.String(required=True, validate=validate.OneOf(["none", "bearer", "header", "query"]))
    name = fields.String(load_default="", validate=validate.Length(max=64))

    @validates_schema
    def _named(self, data: dict[str, Any], **_: Any) -> None:
        if data["kind"] in {"header", "query"}:
            _NAME(data["name"])
        if data["kind"] == "header" and data["name"].lower() in _RESERVED_HEADERS:
            raise ValidationError("This header belongs to the connection.", "name")


class ParameterSchema(Schema):
    """One argument of a call."""

    name = fields.String(required=True, validate=_NAME)
    place = fields.String(
        required=True,
        data_key="in",
        attribute="in",
        validate=validate.OneOf(["path", "query", "body"]),
    )
    required = fields.Boolean(load_default=True)
    example = fields.String(load_default="", validate=validate.Length(max=200))
    meaning_zh = fields.String(load_default="", validate=validate.Length(max=200))
    meaning_en = fields.String(load_default="", validate=validate.Length(max=200))


class AnswerFieldSchema(Schema):
    """One column of the answer's records."""

    name = fields.String(required=True, validate=validate.Length(1, 200))
    type = fields.String(required=True, validate=validate.OneOf(get_args(FieldType)))
    unit = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=40))
    nullable = fields.Boolean(load_default=False)


class AnswerSchema(Schema):
    """Where the records of an answer stand, and what each holds."""

    records_at = fields.String(load_default="", validate=_PATH)
    code_at = fields.String(load_default="", validate=_PATH)
    fields_ = fields.List(
        fields.Nested(AnswerFieldSchema),
        required=True,
        data_key="fields",
        attribute="fields",
        validate=validate.Length(1, 400),
    )


class AnswerCodeSchema(Schema):
    """What an answer with this status, and this code in its body, means for the bill."""

    status = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(100, 599)
    )
    code = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
    meaning_zh = fields.String(load_default="", validate=validate.Length(max=200))
    meaning_en = fields.String(load_default="", validate=validate.Length(max=200))
    outcome = fields.String(required=True, validate=validate.OneOf(["hit", "no_hit", "failure"]))


class HostedApiSchema(Schema):
    """A provider's own HTTP API that answers with JSON."""

    url = fields.String(required=True, validate=validate.Length(1, 500))
    method = fields.String(load_default="GET", validate=validate.OneOf(["GET", "POST"]))
    auth = fields.Nested(AuthSchema, required=True)
    parameters = fields.List(
        fields.Nested(ParameterSchema), load_default=list, validate=validate.Length(max=50)
    )
    answer = fields.Nested(AnswerSchema, required=True)
    codes = fields.List(fields.Nested(AnswerCodeSchema), required=True, validate=validate.Length(1, 100))
    timeout_ms = fields.Integer(strict=True, load_default=10_000, validate=validate.Range(500, 60_000))
    calls_per_minute = fields.Integer(strict=True, load_default=60, validate=validate.Range(1, 100_000))

    @validates_schema
    def _plain_address(self, data: dict[str, Any], **_: Any) -> None:
        try:
            parts = urlsplit(data["url"])
        except ValueError as error:
            raise ValidationError(f"This is no address: {error}.", "url") from error
        # What stands there may well be a key, and the exchange would not send it anyway.
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValidationError(
                "An address has no user, no ? and no #; declare parameters, and the secret by `auth`.",
                "url",
            )

    @validates_schema
    def _consistent(self, data: dict[str, Any], **_: Any) -> None:
        names = [item["name"] for item in data["parameters"]]
        if len(set(names)) < len(names):
            raise ValidationError("A parameter is there twice.", "parameters")
        if data["auth"]["kind"] == "query" and data["auth"]["name"] in names:
            raise ValidationError(
                "The secret is no parameter; it is never part of an example.", "parameters"
            )
        columns = [item["name"] for item in data["answer"]["fields"]]
        if len(set(columns)) < len(columns):
            raise ValidationError("A column is there twice.", "answer")
        placeholders = {item["name"] for item in data["parameters"] if item["in"] == "path"}
        for name in placeholders:
            if f"{{{name}}}" not in data["url"]:
                raise ValidationError(f"The address has no place {{{name}}}.", "url")
        if data["method"] == "GET" and any(item["in"] == "body" for item in data["parameters"]):
            raise ValidationError("A GET request has no body.", "parameters")
        if not any(item["outcome"] == "hit" for item in data["codes"]):
            raise ValidationError("No answer counts as a hit, so nothing could be delivered.", "codes")


class DescribeApiAnewSchema(Schema):
    """The next description of a product."""

    api = fields.Nested(HostedApiSchema, required=True)


class DescribeApiSchema(DescribeApiAnewSchema):
    """A product whose data stay with its provider."""

    name = fields.String(
        required=True,
        validate=validate.Length(1, 120),
        metadata={"description": "What you call it; buyers see the titles of its listing"},
    )


class DescribedApiSchema(Schema):
    """One description of a product's API; the digest is what tests and listings name."""

    id = fields.String(attribute="hosted_id")
    name = fields.String()
    organisation_id = fields.String()
    version = fields.Integer()
    api = fields.Nested(HostedApiSchema)
    api_sha256 = fields.String()
    written_at = fields.AwareDateTime()


class FindProductsSchema(Schema):
    """Which products to show."""

    offset = fields.Integer(load_default=0, validate=validate.Range(0, 1_000_000))


class FindTestsSchema(Schema):
    """Which tests to show."""

    api_sha256 = fields.String(
        load_default=None,
        validate=validate.Regexp(r"^[0-9a-f]{64}$"),
        metadata={"description": "Only tests of the description with this digest"},
    )


class TestConnectionSchema(Schema):
    """One try of a described API; the secret is used for it and not kept."""

    api = fields.Nested(HostedApiSchema, required=True)
    arguments = fields.Dict(
        keys=fields.String(), values=fields.String(validate=validate.Length(max=500)), load_default=dict
    )
    secret = fields.String(
        load_default=None,
        load_only=True,
        # What no header can carry would fail at the call, with the secret in the log.
        validate=[
            validate.Length(1, 4000),
            validate.Regexp(r"^[\x20-\x7e]*\Z", error="A secret is of printable ASCII, in one line."),
        ],
    )


class CheckSchema(Schema):
    """One thing that was checked."""

    name = fields.String()
    ok = fields.Boolean()
    detail = fields.String()


class ConnectionTestSchema(Schema):
    """How a test went."""

    id = fields.String()
    api_sha256 = fields.String()
    passed = fields.Boolean()
    checks = fields.List(fields.Nested(CheckSchema))
    records = fields.Integer()
    elapsed_ms = fields.Integer(allow_none=True)
    tested_at = fields.AwareDateTime()
