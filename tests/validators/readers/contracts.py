"""The data contract: datacontract-cli lints it and tests delivered rows against it; odcslint lints it too."""

import json
import logging
import subprocess
import sys
from pathlib import Path

import duckdb
import yaml
from datacontract.data_contract import DataContract

# What it finds is printed by us, and broken copies are meant to be found.
logging.getLogger("datacontract").setLevel(logging.CRITICAL)

SERVER = "delivered"


def _problems(run) -> list[str]:
    """Whatever did not pass; a check that the tool could not run is a problem too."""
    found = [f"{item.name}: {item.reason}" for item in run.checks if item.result.value != "passed"]
    return found if run.checks else ["nothing was checked"]


def _lint(file: Path) -> list[str]:
    return _problems(DataContract(data_contract_file=str(file)).lint())


def _odcslint(file: Path) -> list[str]:
    program = Path(sys.executable).with_name("odcslint")
    finished = subprocess.run([program, "check", file], capture_output=True, text=True, check=False)
    return [] if finished.returncode == 0 else [finished.stdout + finished.stderr]


def _same_in_both(listing: Path) -> list[str]:
    one = yaml.safe_load((listing / "contract.yaml").read_text(encoding="utf-8"))
    other = json.loads((listing / "contract.json").read_text(encoding="utf-8"))
    return [] if one == other else ["YAML and JSON are two contracts"]


def _test(listing: Path, rows: str) -> list[str]:
    """Test delivered rows, given as SQL over the Parquet file a buyer got.

    They go into a DuckDB database first: of a bare Parquet file datacontract-cli checks no types, since it
    casts the file into the types of the contract. The contract is as exported, with one more server.
    """
    contract = yaml.safe_load((listing / "contract.yaml").read_text(encoding="utf-8"))
    (table,) = contract["schema"]
    database = listing / "rows.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        connection.execute(
            f"CREATE TABLE {table['name']} AS {rows}", {"file": str(listing / "rows.parquet")}
        )
    contract["servers"].append(
        {"server": SERVER, "type": "duckdb", "database": str(database), "schema": "main"}
    )
    run = DataContract(data_contract_str=yaml.safe_dump(contract), server=SERVER).test()
    # Presence, type and empty cells of every column, and the number of rows.
    least = 3 * len(table["properties"]) + 1
    return _problems(run) or [f"only {len(run.checks)} checks, {least} are due"] * (len(run.checks) < least)


def check(results, listing: Path, _: str | None) -> None:
    name = listing.name
    results.run(f"datacontract lint, ODCS 3.1 (YAML): {name}", lambda: _lint(listing / "contract.yaml"))
    results.run(f"datacontract lint, ODCS 3.1 (JSON): {name}", lambda: _lint(listing / "contract.json"))
    results.run(f"odcslint: {name}", lambda: _odcslint(listing / "contract.yaml"))
    results.run(f"YAML and JSON of the contract agree: {name}", lambda: _same_in_both(listing))
    results.run(
        f"datacontract test on delivered rows: {name}", lambda: _test(listing, "FROM read_parquet($file)")
    )


def check_described(results, kind: Path) -> None:
    results.run(f"datacontract lint: {kind.name}", lambda: _lint(kind / "contract.yaml"))
    results.run(f"odcslint: {kind.name}", lambda: _odcslint(kind / "contract.yaml"))


def check_broken(results, folder: Path, listing: str) -> None:
    place = folder / "listings" / listing
    contract = yaml.safe_load((place / "contract.yaml").read_text(encoding="utf-8"))
    columns = contract["schema"][0]["properties"]
    number = next(column["name"] for column in columns if column["logicalType"] == "number")
    for what, rows, because in (
        ("rows are missing", "FROM read_parquet($file) LIMIT 5", "row_count"),
        (
            "a number has become text",
            f"SELECT * REPLACE ('x' AS \"{number}\") FROM read_parquet($file)",
            "type number",
        ),
        ("a column is missing", f'SELECT * EXCLUDE "{number}" FROM read_parquet($file)', "is present"),
        (
            "a cell is empty",
            f'SELECT * REPLACE (NULL::DOUBLE AS "{number}") FROM read_parquet($file)',
            "missing",
        ),
    ):
        results.refuses(f"datacontract test: {what}", lambda rows=rows: _test(place, rows), because)
    del contract["status"]
    broken = place / "broken.yaml"
    broken.write_text(yaml.safe_dump(contract), encoding="utf-8")
    results.refuses("datacontract lint: no status", lambda: _lint(broken), "status")
    results.refuses("odcslint: no status", lambda: _odcslint(broken), "status")
