"""`python tests/validators/check.py FOLDER`: validate what `prepare.py` exported, with other people's programs.

Runs in `.venv-validators`, which knows nothing of this project, and without a network: a validator that
would fetch a context or a schema fails. Every validator must also refuse a copy that was broken on purpose;
one that lets it pass proves nothing. Any problem makes the exit code 1, and nothing is skipped.
"""

import json
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import network
from readers import agreements, contracts, croissant, dcat, offers, packages


class Results:
    """What was found; a check that never ran is as bad as one that failed."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.failed: list[str] = []

    def run(self, name: str, check: Callable[[], list[str]]) -> None:
        """A check gives its problems; one that crashes has one."""
        started = time.monotonic()
        try:
            problems = check()
        except Exception as error:
            problems = [f"{type(error).__name__}: {error}"]
        seconds = time.monotonic() - started
        print(f"{'ok' if not problems else 'FAILED':8}{name} ({seconds:.1f} s)", flush=True)
        for problem in problems:
            print("    " + problem[:1500].replace("\n", "\n    "))
        (self.failed if problems else self.passed).append(name)

    def refuses(self, name: str, check: Callable[[], list[str]], because: str) -> None:
        """Run a check over a broken copy; it must be refused, and for the reason it was broken."""

        def broken() -> list[str]:
            try:
                said = "\n".join(check())
            except Exception as error:
                said = "".join(traceback.format_exception(error))
            if not said:
                return ["the broken copy passes"]
            return [] if because in said else [f"refused, but not because of {because!r}: {said}"]

        self.run(f"{name} is refused", broken)


def main(folder: Path) -> int:
    print(f"network: {network.cut()}")
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    listings = sorted(path for path in (folder / "listings").iterdir() if path.is_dir())
    results = Results()
    results.run("every listing was exported", lambda: _all_there(listings, expected))
    dcat.check(results, folder, [path.name for path in listings])
    for listing in listings:
        hidden = expected["full"]["hidden"] if listing.name == expected["full"]["id"] else None
        for reader in (offers, agreements, contracts, packages, croissant):
            reader.check(results, listing, hidden)
    for kind in ("identified", "hosted"):
        for reader in (dcat, offers, contracts, packages, croissant):
            reader.check_described(results, folder / kind)
    with tempfile.TemporaryDirectory() as copy:
        for reader in (dcat, offers, agreements, contracts, packages, croissant):
            reader.check_broken(
                results, _copied(folder, Path(copy) / reader.__name__), expected["full"]["id"]
            )
    print(f"{len(results.passed)} passed, {len(results.failed)} failed")
    return 1 if results.failed else 0


def _copied(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    return target


def _all_there(listings: list[Path], expected: dict) -> list[str]:
    found = len(listings)
    return [] if found == expected["listings"] > 0 else [f"{found} of {expected['listings']} listings"]


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
