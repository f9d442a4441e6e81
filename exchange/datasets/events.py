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
