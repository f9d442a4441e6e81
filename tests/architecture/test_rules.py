"""Rules that people must keep are executable."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MONEY = ("settlement", "exchange/pricing", "exchange/core/money.py")


def sources(*places: str):
    for place in places:
        path = ROOT / place
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def test_imports_point_from_right_to_left():
    linter = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run(
        [linter, "--config", "setup.cfg", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout


def test_no_float_touches_money():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources(*MONEY)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]

    assert found == []


def test_only_the_edges_commit():
    """One place commits a request and one a job's unit of work; anywhere else it would split a transaction."""
    allowed = {"exchange/core/database.py", "exchange/core/requests.py"}
    found = {
        str(path.relative_to(ROOT))
        for path in sources("exchange", "contracts", "settlement")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "commit"
    }

    assert found <= allowed


def test_every_function_in_a_test_file_is_a_test_a_fixture_or_a_helper():
    """A forgotten `test_` prefix makes a test that never runs."""
    suspicious = []
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        used |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        for node in tree.body:
            if (
                isinstance(node, ast.FunctionDef)
                and not node.name.startswith("test_")
                and node.name not in used
                and not node.decorator_list
            ):
                suspicious.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert suspicious == []


def test_few_tests_concern_one_database_only():
    marks = sum(
        path.read_text(encoding="utf-8").count("mark.only_on(") for path in (ROOT / "tests").rglob("*.py")
    )

    assert marks <= 20
