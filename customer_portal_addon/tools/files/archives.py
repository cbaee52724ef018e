"""What a ZIP archive holds, told from its directory without unpacking it."""

import struct
import zlib

from .pictures import Budget, Damaged

MAX_MEMBERS = 5000
MAX_SIZE = 500 * 1024 * 1024
# Beyond a size that nobody minds, what is packed more tightly is meant to do harm
MAX_RATIO = 200
SMALL = 20 * 1024 * 1024
ZIP = "application/zip"
_END = struct.Struct("<4s4H2IH")
_MEMBER = struct.Struct("<4s6H3I5H2I")
_LOCAL = struct.Struct("<4s5H3I2H")
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OFFICE_KINDS = {
    b"word/": f"{_OFFICE}wordprocessingml.document",
    b"ppt/": f"{_OFFICE}presentationml.presentation",
    b"xl/": f"{_OFFICE}spreadsheetml.sheet",
}
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_STORED, _DEFLATED = 0, 8


def get_kind(content, budget=None):
    """Return the MIME type of a ZIP archive, or of the document that it is.

    :param bytes content: as which a ZIP archive begins
    :param Budget budget: shared by the files of a request
    :rtype: str
    :raise Damaged: it has no readable directory, or holds too much
    """
    budget = budget or Budget()
    try:
        names = _read_names(content, budget)
        if b"[Content_Types].xml" in names:
            for folder, kind in _OFFICE_KINDS.items():
                if any(name.startswith(folder) for name in names):
                    return kind
        if b"mimetype" in names:
            kind = _read_start(content, names[b"mimetype"])
            if kind.startswith(_OPEN_DOCUMENT):
                return kind
    except (struct.error, IndexError, zlib.error):
        raise Damaged("cut off") from None
    return ZIP


def _read_names(content, budget):
    """Return the members' names, and where each of them lies.

    :rtype: dict[bytes, int]
    """
    end = content.rfind(b"PK\x05\x06", max(0, len(content) - 65557))
    if end < 0:
        raise Damaged("no directory")
    _sign, disk, _disk, _here, count, size, offset, _note = _END.unpack_from(
        content, end
    )
    if disk or count > MAX_MEMBERS or size > end or offset > end - size:
        raise Damaged("too many members")
    # what stands before the archive moves all of it
    position = end - size
    shift, total, names = position - offset, 0, {}
    while position + _MEMBER.size <= end:
        budget.take()
        fields = _MEMBER.unpack_from(content, position)
        if fields[0] != b"PK\x01\x02":
            raise Damaged("damaged")
        total += fields[9]
        name, extra, note = fields[10:13]
        start = position + _MEMBER.size
        names[content[start : start + name]] = fields[16] + shift
        position = start + name + extra + note
        if len(names) > MAX_MEMBERS or total > MAX_SIZE:
            raise Damaged("too much")
    if total > SMALL and total > MAX_RATIO * len(content):
        raise Damaged("packed too tightly")
    return names


def _read_start(content, offset):
    """Return the first characters of a member."""
    fields = _LOCAL.unpack_from(content, offset)
    if fields[0] != b"PK\x03\x04":
        raise Damaged("damaged")
    method, size, name, extra = fields[3], fields[7], fields[9], fields[10]
    start = offset + _LOCAL.size + name + extra
    if method == _DEFLATED:
        packed = content[start : start + 512]
        found = zlib.decompressobj(-15).decompress(packed, 256)
    elif method == _STORED:
        found = content[start : start + min(size, 256)]
    else:
        return ""
    return found.decode("ascii", "replace").strip()
