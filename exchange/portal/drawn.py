"""Pictures that were drawn before: all that one shows is its key, so it can never show anything else."""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from markupsafe import Markup

#: Some kilobytes each.
_MOST_PICTURES = 1_000


@lru_cache(_MOST_PICTURES)
def drawn(draw: Callable[..., Markup], *shown: Hashable, **words: Any) -> Markup:
    """What the function draws of these values; whoever asks has checked that they may be shown."""
    return draw(*shown, **words)
