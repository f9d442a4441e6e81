"""Everything a person reads stands in Chinese too."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUES = ROOT / "exchange" / "translations"
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]")


@pytest.fixture(scope="module")
def chinese():
    with (CATALOGUES / "zh_Hans_CN/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


def extracted_ids() -> set[str]:
    methods = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
    keywords = {
        "_": None,
        "gettext": None,
        "lazy": None,
        "lazy_gettext": None,
        "ngettext": (1, 2),
        "N_": None,
    }
    ids = set()
    for folder in ("exchange", "contracts", "settlement"):
        for _, _, message, _, _ in extract_from_dir(str(ROOT / folder), methods, keywords=keywords):
            ids.add(message[0] if isinstance(message, tuple) else message)
    return ids


def test_every_message_is_in_the_chinese_catalogue(chinese):
    known = {item.id[0] if isinstance(item.id, tuple) else item.id for item in chinese}

    assert extracted_ids() - known == set()


def test_no_chinese_message_is_missing_or_fuzzy(chinese):
    bad = [item.id for item in chinese if item.id and (not any(_texts(item.string)) or item.fuzzy)]

    assert bad == []


def test_placeholders_are_the_same_in_both_languages(chinese):
    different = [
        item.id
        for item in chinese
        if item.id
        for text in _texts(item.string)
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(_texts(item.id)[-1]))
    ]

    assert different == []


def test_the_compiled_catalogue_is_up_to_date(chinese):
    with (CATALOGUES / "zh_Hans_CN/LC_MESSAGES/messages.mo").open("rb") as file:
        compiled = read_mo(file)

    assert _by_id(compiled) == _by_id(chinese)


def _by_id(catalogue) -> dict[tuple[str, ...], tuple[str, ...]]:
    return {_texts(item.id): _texts(item.string) for item in catalogue if item.id}


def _texts(value) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)
