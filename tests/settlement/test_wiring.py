"""A race that only the database sees is answered like the refusal it is."""

from exchange.core.database import Base
from settlement.wiring import STAGE


def test_constraint_errors_are_conflicts_of_constraints_that_exist():
    names = {
        str(constraint.name) for table in Base.metadata.tables.values() for constraint in table.constraints
    }

    assert STAGE.constraint_errors.keys() <= names
    assert {make().kind for make in STAGE.constraint_errors.values()} == {"conflict"}
