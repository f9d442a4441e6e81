"""Facts about who takes part."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class OrganisationRegistered:
    """An organisation asked to take part."""

    type: ClassVar[str] = "organisation.registered"
    organisation_id: str
    name_zh: str
    name_en: str
    uscc: str
    roles: list[str]


@dataclass(frozen=True)
class OrganisationDecided:
    """The operator verified or rejected an organisation."""

    type: ClassVar[str] = "organisation.decided"
    organisation_id: str
    decision: str
    reason: str


@dataclass(frozen=True)
class PersonAdded:
    """An organisation named a further person who acts for it; the log holds no name."""

    type: ClassVar[str] = "person.added"
    person_id: str
    organisation_id: str
    duties: list[str]
