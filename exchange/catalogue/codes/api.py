"""Code tables over HTTP."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from exchange.catalogue.codes import all_tables, get_table
from exchange.participants.access import requires

blueprint = Blueprint("codes", __name__, url_prefix="/api/v1/codes", description="Code tables of listings")


class CodeSchema(Schema):
    """One code with its labels."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()
    parent = fields.String(allow_none=True)


class CodeTableSummarySchema(Schema):
    """A table without its codes; `evidence` says how well its source is known."""

    name = fields.String()
    title_zh = fields.String()
    title_en = fields.String()
    source = fields.String()
    evidence = fields.String(metadata={"description": "C confirmed, S second-hand, M from memory, own"})
    is_complete = fields.Boolean()
    note = fields.String()


class CodeTableSchema(CodeTableSummarySchema):
    """A table with its codes."""

    codes = fields.List(fields.Nested(CodeSchema))


@blueprint.get("")
@requires()
@blueprint.response(200, CodeTableSummarySchema(many=True))
def find_code_tables() -> Any:
    """List the code tables"""
    return list(all_tables())


@blueprint.get("/<name>")
@requires()
@blueprint.response(200, CodeTableSchema)
def get_code_table(name: str) -> Any:
    """Show a code table"""
    return get_table(name)
