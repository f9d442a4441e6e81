"""What can be wrong with an upload in parts."""

from exchange.core.errors import Conflict, Invalid, LimitExceeded, WrongState


class UploadTooLarge(LimitExceeded):
    """The file is larger than the service takes."""

    code = "upload-too-large"


class UploadQuotaExceeded(LimitExceeded):
    """The person has too much under way."""

    code = "upload-quota-exceeded"


class OffsetMismatch(Conflict):
    """The part does not begin where the last one ended."""

    code = "offset-mismatch"


class PartTooLong(Invalid):
    """The part goes beyond the end of the file, or is larger than one request may be."""

    code = "part-too-long"


class ChecksumMismatch(Invalid):
    """The bytes that arrived are not those of the checksum; none of them was kept."""

    code = "checksum-mismatch"


class UploadEnded(WrongState):
    """The upload takes no more parts: it is being read, or has ended."""

    code = "upload-ended"


class ClaimLost(WrongState):
    """Another node has taken over the reading of the upload."""

    code = "upload-claim-lost"
