"""What a schema finds wrong with a document, as problems with the member at fault and a remedy."""

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, ValidationError, fields

from exchange.core.errors import FieldProblem


def faults_of(error: ValidationError, schema: type[Schema], *, page: str) -> list[FieldProblem]:
    """Flatten a schema's refusal.

    Args:
        page: the reference page that explains the members.
    """
    messages = error.messages if isinstance(error.messages, dict) else {"": error.messages}
    return list(_told(messages, schema, page))


def _told(
    messages: Any, schema: type[Schema], page: str, path: tuple[str, ...] = ()
) -> Iterator[FieldProblem]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # A group that is no group at all: marshmallow says so of `_schema`.
            yield from _told(inner, schema, page, path if key == "_schema" else (*path, str(key)))
    else:
        for text in messages if isinstance(messages, list) else [messages]:
            remedy = getattr(text, "remedy", None) or _remedy(schema, path, str(text), page)
            yield FieldProblem(".".join(path), str(text), remedy)


def _remedy(schema: type[Schema], path: tuple[str, ...], text: str, page: str) -> str:
    if text == "Unknown field.":
        return f"Leave {path[-1]} out; {page} names every member."
    description = _description(schema, path)
    return f"{description}." if description else f"See {page} for what it takes."


def _description(schema: type[Schema], path: tuple[str, ...]) -> str | None:
    found: Any = fields.Nested(schema)
    for step in path:
        if isinstance(found, fields.List):
            found = found.inner
        elif isinstance(found, fields.Nested):
            found = found.schema.fields.get(step)
    return None if found is None else found.metadata.get("description")
