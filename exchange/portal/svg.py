"""The few SVG elements that charts are made of, escaped by construction."""

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup, escape

#: Every picture is this wide, in its own units.
WIDTH: Final = 640


def tag(name: str, content: str = "", /, **attributes: str | float) -> Markup:
    """Write an element; whatever is not already Markup is escaped. A trailing underscore is dropped."""
    # Written by hand: a page has hundreds of elements, and Markup.format took a third of its time.
    written = "".join(
        [f' {key.rstrip("_")}="{_attribute(value)}"' for key, value in attributes.items()],
    )
    return Markup(f"<{name}{written}>{escape(content)}</{name}>")  # noqa: S704 - both parts are escaped


def _attribute(value: str | float) -> str:
    return f"{value:.1f}" if isinstance(value, float) else escape(value)


def text(x: float, y: float, content: str, classes: str) -> Markup:
    """Write a text at a place; its anchor and size come from the classes."""
    return tag("text", content, class_=classes, x=x, y=y)


def line(x1: float, y1: float, x2: float, y2: float, classes: str) -> Markup:
    """Draw a straight line."""
    return tag("line", class_=classes, x1=x1, y1=y1, x2=x2, y2=y2)


def rect(x: float, y: float, width: float, height: float, classes: str, content: str = "") -> Markup:
    """Draw a rectangle; the content may be a tooltip."""
    return tag("rect", content, class_=classes, x=x, y=y, width=width, height=height)


def picture(
    classes: str, title: str, description: str, content: Iterable[Markup], *, height: int
) -> Markup:
    """Put elements into a picture that has a name and a description for those who cannot see it."""
    inside = Markup().join([tag("title", title), tag("desc", description), *content])
    return tag(
        "svg",
        inside,
        xmlns="http://www.w3.org/2000/svg",
        class_=classes,
        role="img",
        viewBox=f"0 0 {WIDTH} {height}",
    )
