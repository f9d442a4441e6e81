"""Grading, personal information, important data, and the provider's commitment."""

from marshmallow import Schema

from exchange.catalogue.content.fields import Code, Day, Flag, Text, codes, group, optional_group


class PersonalInformationSchema(Schema):
    """On what basis personal information is handed over (Personal Information Protection Law)."""

    basis = Code("personal_information_bases", required=True)
    consent_evidence = Text(0, 500, metadata={"description": "Where the separate consent is kept"})
    impact_assessment_no = Text(0, 100)


class ImportantDataSchema(Schema):
    """The catalogue entry of important data and the risk assessment in force."""

    catalogue_no = Text(1, 100)
    assessment_no = Text(1, 100)
    assessment_valid_to = Day(required=True)


class SecuritySchema(Schema):
    """Classification and grading after GB/T 43697."""

    elements = codes("grading_elements", default=())
    affected_object = Code("affected_objects", load_default=None, allow_none=True)
    harm = Code("harm_degrees", load_default=None, allow_none=True)
    reason = Text(0, 1000)
    derivation_reason = Text(
        0, 1000, metadata={"description": "Why derived data are graded below the listing they come from"}
    )
    contains_personal_information = Flag(load_default=False)
    personal_information = optional_group(PersonalInformationSchema)
    important_data = optional_group(ImportantDataSchema)
    cross_border = Flag(load_default=False)
    storage_region = Text(0, 100, load_default="CN")
    desensitisation = Text(0, 1000)


class ProhibitedDataSchema(Schema):
    """GB/T 37932, 6.1: true says that the data contain it, and then there is no listing."""

    state_secrets = Flag(load_default=False)
    core_data = Flag(load_default=False)
    personal_information_without_consent = Flag(load_default=False)
    unlawfully_obtained = Flag(load_default=False)
    trade_secrets_of_others = Flag(load_default=False)
    combinable_to_reveal = Flag(load_default=False)


class OpinionSchema(Schema):
    """A compliance opinion of a third party."""

    assessor = Text(1, 200)
    conclusion = Text(1, 2000)
    dated_on = Day(required=True)
    valid_to = Day(required=True)
    document_sha256 = Text(64, 64)


class ComplianceSchema(Schema):
    """The provider's word; the commitment is never a default."""

    prohibited_data = group(ProhibitedDataSchema)
    commitment = Flag(
        required=True,
        metadata={
            "description": "true: the provider commits to the truth of the listing, and that the data"
            " contain nothing of the table `prohibited_data` but what is marked"
        },
    )
    opinion = optional_group(OpinionSchema)
