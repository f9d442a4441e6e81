import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from exchange.datasets.files import RevisionFile, whole_sha256

FIRST = RevisionFile(1, "a" * 64, 100, 10, 0, "2026-01-01", "2026-01-02")
SECOND = RevisionFile(2, "b" * 64, 200, 20, 10, "2026-01-02", "2026-01-03")


def test_the_digest_of_the_whole_changes_with_order_and_content():
    digests = {whole_sha256(files) for files in ([FIRST], [FIRST, SECOND], [SECOND, FIRST], [])}

    assert len(digests) == 4


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE dataset_revision_files SET rows = 0",
        "DELETE FROM dataset_revision_files",
        "UPDATE load_schemas SET document = '{}'",
        "DELETE FROM load_schemas",
    ],
)
def test_what_is_kept_of_files_and_schemas_is_append_only(market, statement):
    body = {
        "document": {
            "form": "wdx-load-schema/1",
            "columns": [{"name": "x", "type": "text"}],
        }
    }
    market.api(market.grid_co).post("/datasets/load-schemas", body)

    with (
        pytest.raises(IntegrityError, match="append_only"),
        market.context.database.engine.begin() as connection,
    ):
        connection.execute(text(statement))
