"""Colours of the site are readable in light and dark (WCAG 2.2: 4.5 for text, 3 for shapes)."""

import re
from pathlib import Path

import pytest

import exchange.portal

CSS = (Path(exchange.portal.__file__).parent / "static/portal/site.css").read_text(encoding="utf-8")
TEXT = [
    *((ink, ground) for ink in ("ink", "muted", "accent") for ground in ("ground", "surface", "sunken")),
    *((tone, f"{tone}-soft") for tone in ("good", "warning", "bad", "accent")),
    *(("ink", f"{tone}-soft") for tone in ("good", "warning", "bad", "accent")),
    ("accent-ink", "accent"),
    ("bad", "surface"),
]
SHAPES = [
    (shape, ground)
    for shape in ("edge", "curve", "bar", "near", "full")
    for ground in ("ground", "surface")
]


def themes():
    light, dark = (
        dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", part))
        for part in CSS.split("/* Base */")[0].split("@media")
    )
    return {"light": light, "dark": light | dark}


def luminance(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT, 4.5), (SHAPES, 3)], ids=["text", "shapes"])
def test_contrast_is_sufficient(theme, pairs, least):
    colours = themes()[theme]

    assert [p for p in pairs if contrast(colours[p[0]], colours[p[1]]) < least] == []


def test_nothing_is_loaded_from_elsewhere():
    assert not re.search(r"url\(|@import", CSS)
