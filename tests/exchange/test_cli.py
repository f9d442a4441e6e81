"""How `wdx` ends when something is refused."""

import pytest

from exchange import cli
from exchange.client import Refused


@pytest.fixture
def ended(monkeypatch, capsys):
    """The exit code and what stands on standard error after a refusal by the exchange."""

    def end(problem):
        def refuse(**_):
            raise Refused(422, problem)

        monkeypatch.setattr(cli.wdx, "main", refuse)
        with pytest.raises(SystemExit) as left:
            cli.main()
        return left.value.code, capsys.readouterr().err

    return end


def test_several_faults_are_all_named_with_field_and_remedy(ended):
    days = {"field": "days", "message": "Must be at least 1.", "remedy": "See the terms."}
    colour = {"field": "colour", "message": "Unknown field.", "remedy": None}

    code, told = ended({"detail": "Must be at least 1. (1 more)", "errors": [days, colour]})

    assert code == 2
    assert told.splitlines() == [
        "wdx: several things are wrong:",
        "  days: Must be at least 1. See the terms.",
        "  colour: Unknown field.",
    ]


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ("Must be at least 1.", "wdx: days: Must be at least 1. Give a day.\n"),
        ("1 is too few days.", "wdx: 1 is too few days. Give a day.\n"),
    ],
)
def test_a_single_fault_names_its_field_once(ended, detail, told):
    only = {"field": "days", "message": detail, "remedy": "Give a day."}

    assert ended({"detail": detail, "errors": [only]}) == (2, told)
