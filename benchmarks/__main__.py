"""`python -m benchmarks [NAME …]`: run some or all benchmarks and print their tables."""

import sys

from benchmarks import (
    agreements,
    catalogue_export,
    ingest,
    metered_query,
    pages,
    profile,
    revision_diff,
    sealed_pages,
    search,
    signatures,
    verification,
)
from benchmarks.report import machine

ALL = {
    "agreements": agreements.run,
    "metered-query": metered_query.run,
    "ingest": ingest.run,
    "profile": profile.run,
    "revision-diff": revision_diff.run,
    "search": search.run,
    "pages": pages.run,
    "signatures": signatures.run,
    "verification": verification.run,
    "catalogue-export": catalogue_export.run,
    "sealed-pages": sealed_pages.run,
}

if __name__ == "__main__":
    chosen = sys.argv[1:] or list(ALL)
    if unknown := [name for name in chosen if name not in ALL]:
        sys.exit(f"there is no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}")
    print(machine())
    for name in chosen:
        print(f"\n## {name}\n")
        ALL[name]()
