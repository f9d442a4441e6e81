"""Functions read in one breath, files on a few screens."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = ("exchange", "contracts", "settlement", "tests", "benchmarks")


def sources():
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def test_no_file_is_longer_than_500_lines():
    lengths = {name: len(text.splitlines()) for name, text in sources()}

    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_no_function_is_longer_than_70_lines():
    lengths = {
        f"{name}:{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for name, text in sources()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert {name: length for name, length in lengths.items() if length > 70} == {}
