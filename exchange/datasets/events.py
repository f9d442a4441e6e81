"""Facts about data sets."""

from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class DatasetCreated:
    """A provider began a data set."""

    type: ClassVar[str] = "dataset.created"
    dataset_id: str
    organisation_id: str
    name: str


@dataclass(frozen=True)
class RevisionAdded:
    """An immutable revision was stored; the digest pins its every byte."""

    type: ClassVar[str] = "dataset.revision_added"
    dataset_id: str
    revision_id: str
    number: int
    sha256: str
    rows: int
    schema: dict[str, Any]
    schema_digest: str


@dataclass(frozen=True)
class QualityAssessed:
    """A revision was described again by what its provider declares."""

    type: ClassVar[str] = "dataset.quality_assessed"
    dataset_id: str
    revision_id: str
    level: str
    scores: dict[str, Any]
    rules_version: str
    declaration: dict[str, Any]
    profile_sha256: str


@dataclass(frozen=True)
class BreakingChangeDeclared:
    """A revision that breaks agreements in force was let in, as a new version or after a notice."""

    type: ClassVar[str] = "dataset.breaking_change_declared"
    dataset_id: str
    revision_id: str
    number: int
    kind: str
    notice_id: str | None
    agreements: int
    reasons: list[Any]


@dataclass(frozen=True)
class RevisionRevoked:
    """A revision was withdrawn; a delivery of it later in the log was not permitted."""

    type: ClassVar[str] = "dataset.revision_revoked"
    dataset_id: str
    revision_id: str
    number: int
    sha256: str
    reason: str


@dataclass(frozen=True)
class NoticePublished:
    """The buyers of a data set were told something about it."""

    type: ClassVar[str] = "notice.published"
    notice_id: str
    dataset_id: str
    kind: str
    text_zh: str
    text_en: str
    effective_on: str
    affects: list[Any]
    revision_id: str | None
