import pytest

from exchange.datasets.schema import Field, Schema, SchemaInvalid, guess_unit

SCHEMA = Schema(
    (
        Field("时间", "timestamp", None, nullable=False),
        Field("active_power_kw", "number", "kW", nullable=True),
    ),
    "时间",
)


def test_a_schema_comes_back_from_its_json():
    assert Schema.from_json(SCHEMA.to_json()) == SCHEMA


def test_the_digest_changes_with_any_property_of_a_column():
    other = Schema((SCHEMA.fields[0], Field("active_power_kw", "number", "MW", nullable=True)), "时间")

    assert SCHEMA.digest() != other.digest()
    assert SCHEMA.digest() == Schema.from_json(SCHEMA.to_json()).digest()


@pytest.mark.parametrize(
    "damage",
    [
        {"time_field": "absent"},
        {"fields": [{"name": "x"}]},
        {"fields": [{**vars(SCHEMA.fields[0]), "type": "money"}]},
    ],
)
def test_a_damaged_description_is_refused(damage):
    with pytest.raises(SchemaInvalid):
        Schema.from_json(SCHEMA.to_json() | damage)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("copper_usd_per_t", "USD/t"),
        ("crude_brent_usd_per_bbl", "USD/bbl"),
        ("active_power_kw", "kW"),
        ("energy_kwh", "kWh"),
        ("installed_MW", "MW"),
        ("voltage_v", "V"),
        ("oil_temperature_c", "Cel"),
        ("irradiance_w_per_m2", "W/m2"),
        ("series_a", None),
        ("option_c", None),
        ("kw", None),
        ("Price", None),
        ("价格", None),
    ],
)
def test_the_unit_is_read_from_well_known_endings_only(name, unit):
    assert guess_unit(name) == unit
