"""Contracts on the terminal: clauses with their limits, and what one draft changes of another."""

import json
from typing import Any

import click

from exchange.core.i18n import speaks_chinese_in_terminal

_INDENT = "   "
_COLOURS = {"removed": "red", "added": "green"}
_MARKS = {"removed": ("[-", "-]"), "added": ("{+", "+}")}


def reader_language(chosen: str | None) -> str:
    """The language that was asked for, else the terminal's."""
    return chosen or ("zh" if speaks_chinese_in_terminal() else "en")


def print_clauses(clauses: list[dict[str, Any]]) -> None:
    """Print every clause; under it its limits as machines read them, and who carries them out."""
    for clause in clauses:
        click.secho(f"{clause['number']}. {clause['heading']}", bold=True)
        click.echo(f"{_INDENT}{clause['text']}")
        click.secho(f"{_INDENT}({clause['explanation']})", dim=True)
        for limit in clause["limits"]:
            click.echo(f"{_INDENT}- {limit['code']}: {rule_text(limit['odrl'])}")
            click.secho(f"{_INDENT}  {limit['enforced_by']}", dim=True)
        click.echo()


def rule_text(rule: dict[str, Any]) -> str:
    """A rule of the policy on one line."""
    if not rule:
        return "-"
    constraints = [
        f"{item['leftOperand']} {item['operator']} {json.dumps(item['rightOperand'], ensure_ascii=False)}"
        for item in rule["constraint"]
    ]
    head = "" if rule["rule"] == "permission" else f"{rule['rule']} {rule['action']} "
    return (head + " & ".join(constraints)).strip()


def print_comparison(comparison: dict[str, Any]) -> None:
    """Print what changed: words taken out as [-…-], words put in as {+…+}, then the members."""
    click.echo(f"{comparison['before']} -> {comparison['after']}")
    for clause in comparison["clauses"]:
        click.secho(f"{clause['number'] or '-'}. {clause['heading']}", bold=True)
        click.echo(_INDENT + "".join(_marked(piece) for piece in clause["pieces"]))
        for change in clause["members"]:
            before, after = (json.dumps(change[name], ensure_ascii=False) for name in ("before", "after"))
            click.echo(f"{_INDENT}- {change['member']}: {before} -> {after}")


def _marked(piece: dict[str, str]) -> str:
    if piece["change"] == "kept":
        return piece["text"]
    first, last = _MARKS[piece["change"]]
    return click.style(f"{first}{piece['text']}{last}", fg=_COLOURS[piece["change"]])
