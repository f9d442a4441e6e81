"""Where the data come from, what they cover, and what each column means."""

from marshmallow import Schema, fields

from exchange.catalogue.content.fields import Code, Duration, Flag, Text, texts

#: Lineage beyond this is a research project; each parent is looked up.
MOST_PARENTS = 50


class PublicDataSchema(Schema):
    """What public data need: registration, authorised operator, price basis (发改数据规〔2025〕26号)."""

    registration_no = Text(1, 100)
    authorised_operator = Text(1, 200)
    price_basis = Text(1, 500)


class SourceSchema(Schema):
    """The source explained: Data Security Law art. 33."""

    type = Code("source_types", load_default="001")
    collection = Text(0, 1000, metadata={"description": "How the data were collected"})
    basis = Text(0, 1000, metadata={"description": "On what legal or contractual basis"})
    authorisation_chain = texts(20, longest=300, metadata={"description": "Who authorised whom, in order"})
    processing = Text(0, 1000, metadata={"description": "What was done to the data since"})
    parents = texts(
        MOST_PARENTS, longest=40, metadata={"description": "Listings that the data are derived from"}
    )


class CoverageSchema(Schema):
    """Place, rhythm and delay."""

    region = Text(0, 6, metadata={"description": "Code of the table `regions`, or empty"})
    granularity = Duration(
        load_default=None, allow_none=True, metadata={"description": "Step of the series"}
    )
    update_frequency = Code("update_frequencies", load_default=None, allow_none=True)
    update_interval = Duration(
        load_default=None, allow_none=True, metadata={"description": "How often a new revision comes"}
    )
    latency = Duration(
        load_default=None,
        allow_none=True,
        metadata={"description": "From the fact to its delivery"},
    )


class DictionaryEntrySchema(Schema):
    """What one column means, how sensitive it is, and what the public sample shows of it."""

    name = fields.String(required=True)
    meaning_zh = Text(0, 500)
    meaning_en = Text(0, 500)
    unit = Text(1, 40, load_default=None, allow_none=True)
    level = Code("levels", load_default="L1")
    sensitive = Flag(load_default=False)
    mask = Code("masks", load_default="none")
