"""Reading an evidence bundle written by anybody: nothing in the file is believed before it is checked."""

import os
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from exchange.audit.bundle_format import DIGEST_CHARS, MAX_MEMBER_BYTES, BundleInvalid, member_order

# A hostile directory of gigabytes would fill the memory before any other check; this is 50 million events.
MAX_DIRECTORY_BYTES = 64 * 1024 * 1024

_END = struct.Struct("<4s4H2LH")
_ZIP64_LOCATOR = struct.Struct("<4sLQL")
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")
_LOCAL = struct.Struct("<4s5H3L2H")


@dataclass(frozen=True, slots=True)
class Member:
    """Where the bytes of a member stand in the file, and what they must unpack to."""

    name: str
    offset: int
    stored_bytes: int
    size_bytes: int
    crc: int
    is_deflated: bool


class Bundle:
    """An open bundle whose container has the right form; its members are still to be judged."""

    def __init__(self, file: BinaryIO, members: list[Member]) -> None:
        self._file = file
        self._members = {member.name: member for member in members}

    @property
    def names(self) -> list[str]:
        """The members in file order."""
        return list(self._members)

    def read(self, name: str) -> bytes:
        """The content of a member.

        Raises:
            BundleInvalid: there is none of that name, or its bytes do not unpack as the directory says.
        """
        member = self._members.get(name)
        if member is None:
            raise BundleInvalid(f"The member {name} is missing.")
        self._file.seek(member.offset)
        content = self._file.read(member.stored_bytes)
        if member.is_deflated:
            content = _inflate(content, member)
        if len(content) != member.size_bytes or zlib.crc32(content) != member.crc:
            raise BundleInvalid(f"The bytes of the member {name} are damaged.")
        return content

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def open_bundle(path: str | Path) -> Bundle:
    """Open a bundle and check its container: known names, once each, in order, nothing between them.

    The container digest is `container_digest`'s business, since it costs a pass over the file.

    Raises:
        BundleInvalid: the file cannot be opened or does not have the form of a bundle.
    """
    file = open_regular_file(path)
    try:
        _check_end(file)
        return Bundle(file, _read_members(file))
    except BundleInvalid:
        file.close()
        raise
    # zipfile answers hostile files with half a dozen kinds of exception, and zlib and struct with theirs.
    except Exception as error:
        file.close()
        raise BundleInvalid(f"The file is not a readable zip: {error}.") from error


def open_regular_file(path: str | Path) -> BinaryIO:
    """Open a file for reading; a pipe or device, which might never end, is refused."""
    try:
        # Without O_NONBLOCK merely opening a pipe would wait for somebody to write to it.
        file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb")
    except (OSError, ValueError) as error:
        raise BundleInvalid(f"The file cannot be opened: {error}.") from error
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise BundleInvalid("This is not a regular file.")
    return file


def _check_end(file: BinaryIO) -> None:
    """Look at the last record before zipfile does, which would search for one and read all it promises."""
    size = file.seek(0, os.SEEK_END)
    at = size - DIGEST_CHARS - _END.size
    if at < 0:
        raise BundleInvalid("The file is too short to be a bundle.")
    file.seek(at)
    signature, *_, directory_bytes, _, comment_bytes = _END.unpack(file.read(_END.size))
    if signature != b"PK\x05\x06" or comment_bytes != DIGEST_CHARS:
        raise BundleInvalid("The file does not end as a bundle ends: a zip with a digest for its comment.")
    if at >= _ZIP64_LOCATOR.size + _ZIP64_END.size:
        file.seek(at - _ZIP64_LOCATOR.size - _ZIP64_END.size)
        zip64_end = _ZIP64_END.unpack(file.read(_ZIP64_END.size))
        locator = _ZIP64_LOCATOR.unpack(file.read(_ZIP64_LOCATOR.size))
        if locator[0] == b"PK\x06\x07":
            directory_bytes = zip64_end[8]
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise BundleInvalid("The directory of the zip is unreasonably large.")


def _read_members(file: BinaryIO) -> list[Member]:
    with zipfile.ZipFile(file) as archive:
        infos, end = archive.infolist(), archive.start_dir
    members, at = [], 0
    for info in infos:
        _check_info(info)
        member = _locate(file, info, at)
        members.append(member)
        at = member.offset + member.stored_bytes
    # Bytes that belong to no member could hide something, or change without anybody signing for it.
    if at != end:
        raise BundleInvalid("There are bytes between the members and the directory.")
    order = [member_order(member.name) for member in members]
    if any(this >= following for this, following in pairwise(order)):
        raise BundleInvalid("The members are not in their order, or one is there twice.")
    return members


def _check_info(info: zipfile.ZipInfo) -> None:
    if info.flag_bits or info.comment or info.filename != info.orig_filename:
        raise BundleInvalid(f"The member {info.orig_filename!r} is encrypted or oddly described.")
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise BundleInvalid(f"The member {info.filename!r} is compressed in an unknown way.")
    if max(info.file_size, info.compress_size) > MAX_MEMBER_BYTES:
        raise BundleInvalid(f"The member {info.filename!r} is larger than {MAX_MEMBER_BYTES} bytes.")


def _locate(file: BinaryIO, info: zipfile.ZipInfo, expected_at: int) -> Member:
    name = info.filename.encode()
    file.seek(expected_at)
    header = _LOCAL.unpack(file.read(_LOCAL.size))
    signature, _, flags, method, _, _, crc, stored_bytes, size_bytes, name_bytes, extra_bytes = header
    described = (info.header_offset, info.compress_type, info.CRC, info.compress_size, info.file_size, 0, 0)
    found = (expected_at, method, crc, stored_bytes, size_bytes, flags, extra_bytes)
    if (
        signature != b"PK\x03\x04"
        or found != described
        or name_bytes != len(name)
        or file.read(len(name)) != name
    ):
        raise BundleInvalid(f"The member {info.filename!r} is not where or what the directory says.")
    return Member(
        name=info.filename,
        offset=expected_at + _LOCAL.size + len(name),
        stored_bytes=stored_bytes,
        size_bytes=size_bytes,
        crc=crc,
        is_deflated=method == zipfile.ZIP_DEFLATED,
    )


def _inflate(stored: bytes, member: Member) -> bytes:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        # One byte more than promised is enough to notice a bomb without unpacking it.
        content = inflater.decompress(stored, member.size_bytes + 1)
    except zlib.error as error:
        raise BundleInvalid(f"The bytes of the member {member.name} are damaged.") from error
    if not inflater.eof or inflater.unused_data:
        raise BundleInvalid(f"The member {member.name} does not unpack to its stated size.")
    return content
