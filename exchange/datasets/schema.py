"""The typed columns of a revision, and their digest."""

import hashlib
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

from exchange.core.canonical import to_bytes
from exchange.core.errors import Invalid

FieldType = Literal["timestamp", "date", "month", "integer", "number", "text", "boolean"]
TEMPORAL_TYPES: frozenset[FieldType] = frozenset({"timestamp", "date", "month"})
NUMERIC_TYPES: frozenset[FieldType] = frozenset({"integer", "number"})

_FIELD_TYPES = frozenset(get_args(FieldType))
_CURRENCIES = {"usd": "USD", "cny": "CNY", "eur": "EUR"}
_UNITS = {
    "t": "t",
    "kt": "kt",
    "dmt": "dmt",
    "bbl": "bbl",
    "mmbtu": "MMBtu",
    "w": "W",
    "kw": "kW",
    "mw": "MW",
    "gw": "GW",
    "wh": "Wh",
    "kwh": "kWh",
    "mwh": "MWh",
    "gwh": "GWh",
    "var": "var",
    "kvar": "kvar",
    "mvar": "Mvar",
    "kva": "kVA",
    "mva": "MVA",
    "kv": "kV",
    "hz": "Hz",
    "m3": "m3",
    "tco2e": "tCO2e",
    "percent": "%",
    "pct": "%",
    "celsius": "Cel",
}
# One letter alone (`series_a`, `option_c`) says nothing; the quantity before it does.
_SUFFIXES = {"voltage_v": "V", "current_a": "A", "temperature_c": "Cel", "w_per_m2": "W/m2"} | {
    f"{currency}_per_{unit}": f"{_CURRENCIES[currency]}/{_UNITS[unit]}"
    for currency in _CURRENCIES
    for unit in ("t", "dmt", "bbl", "mmbtu", "kwh", "mwh", "m3", "tco2e")
}
_SHORT_SUFFIXES = {key: unit for key, unit in _UNITS.items() if key not in {"t", "w"}}


class SchemaInvalid(Invalid):
    """The stored description is not a schema."""

    code = "schema-invalid"


@dataclass(frozen=True)
class Field:
    """One column.

    `unit` is a UCUM-like symbol or None when nobody stated one. `level` is the grade of the column;
    what a grade masks is decided elsewhere. `zone` concerns timestamps: None means the source states
    no zone and none is invented, `UTC` means every value carried an offset and was converted.
    """

    name: str
    type: FieldType
    unit: str | None
    nullable: bool
    level: str = "general"
    zone: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the field as plain values of the canonical profile."""
        return dict(vars(self))


@dataclass(frozen=True)
class Schema:
    """The columns in order, and the one that orders the rows, if any."""

    fields: tuple[Field, ...]
    time_field: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(field.name for field in self.fields)

    @property
    def time(self) -> Field | None:
        """The field that orders the rows."""
        return None if self.time_field is None else self.field(self.time_field)

    def field(self, name: str) -> Field:
        """The field of that name.

        Raises:
            KeyError: there is none; a name that came from outside is checked by the query.
        """
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """Return the schema as plain values of the canonical profile."""
        return {"fields": [field.to_json() for field in self.fields], "time_field": self.time_field}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """Read what `to_json` wrote.

        Raises:
            SchemaInvalid: a part is missing, unknown or of a type outside the closed list.
        """
        try:
            fields = tuple(Field(**field) for field in value["fields"])
            schema = cls(fields=fields, time_field=value["time_field"])
            _ = schema.time
        except (KeyError, TypeError) as error:
            raise SchemaInvalid(f"The stored schema is damaged: {error}.") from error
        for field in fields:
            if field.type not in _FIELD_TYPES:
                raise SchemaInvalid(
                    f"Column {field.name} has the unknown type {field.type}.", field=field.name
                )
        return schema

    def digest(self) -> str:
        """SHA-256 of the canonical bytes, in hexadecimal."""
        return hashlib.sha256(to_bytes(self.to_json())).hexdigest()


def guess_unit(name: str) -> str | None:
    """Read the unit from a well-known ending such as `_usd_per_t` or `_kwh`; None when there is none."""
    words = name.lower().split("_")
    for length in (3, 2):
        unit = _SUFFIXES.get("_".join(words[-length:]))
        if unit is not None:
            return unit
    return _SHORT_SUFFIXES.get(words[-1]) if len(words) > 1 else None
