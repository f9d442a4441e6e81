"""The documents say everything the program has, and every page can be found."""

import importlib
import inspect
import pkgutil
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import click
import pytest

import contracts
import exchange
import settlement
from exchange.app import all_jobs
from exchange.cli import wdx
from exchange.config import settings_table
from exchange.core.errors import DomainError

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TOP = ("README.md", "README.zh.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")
PAGES = [*(ROOT / name for name in TOP), *sorted(DOCS.rglob("*.md"))]
#: Started by somebody else, so that importing them here would do something.
NOT_IMPORTED = (".wsgi", ".__main__", ".migrations.env")

_FENCED = re.compile(r"^(`{3,}).*?^\1$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?)$", re.MULTILINE)


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


def reference(name: str) -> str:
    return (DOCS / "reference" / name).read_text(encoding="utf-8")


def rooms():
    """Every module of the three stages, imported."""
    for package in (exchange, contracts, settlement):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(NOT_IMPORTED) and ".versions." not in module.name:
                yield importlib.import_module(module.name)


def errors(kind: type = DomainError):
    for error in kind.__subclasses__():
        yield error
        yield from errors(error)


def error_codes() -> list[tuple[str, str]]:
    list(rooms())
    found = {
        (error.code, error.kind)
        for error in errors()
        if "code" in vars(error) and error.__module__.startswith(("exchange", "contracts", "settlement"))
    }
    return sorted(found)


def events() -> list[type]:
    return [
        item
        for room in rooms()
        if room.__name__.endswith(".events")
        for _, item in inspect.getmembers(room, inspect.isclass)
        if item.__module__ == room.__name__
        and is_dataclass(item)
        and isinstance(vars(item).get("type"), str)
    ]


def commands(group: click.Group = wdx, path: str = "wdx"):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        else:
            yield f"{path} {name}", command


def links(page: Path) -> list[str]:
    """The targets of a page's relative links, code blocks apart."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return [target for target in _LINK.findall(text) if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """The anchors that a reader's site makes of the headings."""
    text = _FENCED.sub("", page.read_text(encoding="utf-8"))
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


def test_every_setting_is_documented_as_it_is():
    page = reference("settings.md")
    missing = [
        name
        for name, default, help_text in settings_table()
        if f"| `{name}` | {f'`{default}`' if default else '–'} | {help_text} |" not in page
    ]

    assert missing == []


def test_no_setting_is_documented_that_is_gone():
    documented = set(re.findall(r"^\| `(WDX_\w+)`", reference("settings.md"), re.MULTILINE))

    assert documented == {name for name, *_ in settings_table()}


def test_every_event_is_documented_with_its_fields():
    page = reference("events.md")
    missing = []
    for event in events():
        _, found, section = page.partition(f"### `{event.type}`")
        section = section.partition("\n### ")[0]
        described = found and all(f"`{field.name}`" in section for field in fields(event))
        if not described:
            missing.append(event.type)

    assert missing == []


def test_no_event_is_documented_that_is_gone():
    documented = set(re.findall(r"^### `([a-z_.]+)`", reference("events.md"), re.MULTILINE))

    assert documented == {event.type for event in events()}


def test_every_error_code_is_documented_with_its_kind():
    page = reference("error-codes.md")
    missing = [code for code, kind in error_codes() if f"| `{code}` | {kind} |" not in page]

    assert missing == []


def test_no_error_code_is_documented_that_is_gone():
    section = reference("error-codes.md").partition("## Codes")[2].partition("\n## ")[0]
    documented = set(re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE))

    assert documented == {code for code, _ in error_codes()}


def test_every_command_is_documented_with_its_options():
    page = reference("cli.md")
    missing = []
    for path, command in commands():
        _, found, section = page.partition(f"### `{path}`")
        section = section.partition("\n### ")[0]
        options = [
            option for item in command.params if isinstance(item, click.Option) for option in item.opts
        ]
        missing += [path] if not found else []
        missing += [f"{path} {option}" for option in options if f"`{option}" not in section]

    assert missing == []


def test_no_command_is_documented_that_is_gone():
    documented = set(re.findall(r"^### `(wdx [a-z -]+)`", reference("cli.md"), re.MULTILINE))

    assert documented == {path for path, _ in commands()}


def test_every_scheduled_job_is_documented():
    page = reference("cli.md")

    assert [job.name for job in all_jobs() if f"| `{job.name}` |" not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path):
    broken = []
    for target in links(page):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
            broken.append(target)

    assert broken == []


def test_every_page_is_reached_from_the_index():
    reached, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or not page.exists():
            continue
        reached.add(page)
        waiting += [(page.parent / target.partition("#")[0]).resolve() for target in links(page)]

    assert [named(page) for page in sorted(DOCS.rglob("*.md")) if page not in reached] == []


def test_decision_records_are_numbered_and_have_one_form():
    records = sorted((DOCS / "decisions").glob("[0-9]*.md"))
    numbers = [record.name[:4] for record in records]
    unfinished = [
        record.name
        for record in records
        if not all(
            f"\n## {part}\n" in record.read_text(encoding="utf-8")
            for part in ("Context", "Decision", "Consequences", "Rejected")
        )
    ]

    assert numbers == [f"{place:04d}" for place in range(1, len(records) + 1)]
    assert unfinished == []
