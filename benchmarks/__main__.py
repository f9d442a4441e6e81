"""`python -m benchmarks [NAME …]`: run some or all benchmarks and print their tables."""

import sys

from benchmarks import ingest, metered_query, revision_diff, verification
from benchmarks.report import machine

ALL = {
    "metered-query": metered_query.run,
    "ingest": ingest.run,
    "revision-diff": revision_diff.run,
    "verification": verification.run,
}

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(ALL)
    if unknown := [name for name in chosen if name not in ALL]:
        sys.exit(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}")
    print(machine())
    for name in chosen:
        print(f"\n## {name}\n")
        ALL[name]()
