"""The page about compatibility says every reason of the rule, with its effect."""

import re
from pathlib import Path

from exchange.datasets.revisions.compatibility import EFFECTS

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "compatibility.md"


def test_every_reason_is_documented_with_its_effect_and_no_other():
    rows = re.findall(
        r"^\| `(\w+)` \| (breaking|compatible) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )

    assert dict(rows) == dict(EFFECTS)
