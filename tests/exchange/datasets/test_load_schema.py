import pytest

from exchange.datasets.load_schema import FORM, LoadSchema, LoadSchemaInvalid

TIME = {"name": "时间", "type": "timestamp", "nullable": False, "zone": "Asia/Shanghai", "rename": "time"}
LOAD = {"name": "load", "type": "number", "unit": "kW", "null_words": ["NA", "—"], "thousands": ","}
REMARK = {"name": "remark", "drop": True}


def document(*columns, **members):
    return {"form": FORM, "columns": list(columns or (TIME, LOAD, REMARK)), "time_column": "time"} | members


def test_a_load_schema_comes_back_from_its_json():
    schema = LoadSchema.from_json(document(sort_by=["load", "time"]))

    assert LoadSchema.from_json(schema.to_json()) == schema
    assert schema.columns[1].null_words == ("NA", "—")


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ([], "load schema"),
        (document() | {"form": "wdx-load-schema/9"}, "form"),
        (document(colour="red"), "colour"),
        (document() | {"columns": []}, "columns"),
        (document({**TIME, "colour": "red"}), "columns[0].colour"),
        (document({**TIME, "type": "money"}), "columns[0].type"),
        (document({"name": "x"}, time_column=None), "columns[0].type"),
        (document({**TIME, "nullable": "no"}), "columns[0].nullable"),
        (document({**TIME, "zone": "Wuhan"}), "columns[0].zone"),
        (document(TIME, {**LOAD, "zone": "Asia/Shanghai"}), "columns[1].zone"),
        (document(TIME, {**LOAD, "null_words": "NA"}), "columns[1].null_words"),
        (document(TIME, {**LOAD, "null_words": [False]}), "columns[1].null_words"),
        (document(TIME, {**LOAD, "nullable": False}), "columns[1].null_words"),
        (document(TIME, {**LOAD, "decimal": ","}), "columns[1].thousands"),
        (document(TIME, {**LOAD, "decimal": ";"}), "columns[1].decimal"),
        (document({**TIME, "decimal": ","}), "columns[0].decimal"),
        (document(TIME, TIME), "columns[1].name"),
        (document(TIME, {**LOAD, "rename": "Time"}), "columns[1].rename"),
        (document(REMARK, time_column=None), "columns"),
        (document(time_column="load"), "time_column"),
        (document(time_column="remark"), "time_column"),
        (document({**TIME, "nullable": True}), "time_column"),
        (document(sort_by=["remark"]), "sort_by"),
        (document(sort_by=["load", "load"]), "sort_by"),
    ],
)
def test_what_is_wrong_is_named_by_its_member(value, field):
    with pytest.raises(LoadSchemaInvalid) as caught:
        LoadSchema.from_json(value)

    assert (caught.value.field, bool(caught.value.remedy)) == (field, True)
