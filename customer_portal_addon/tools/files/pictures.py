"""How much work a picture is, told from its structure without decoding it.

Somebody who looks at a picture later makes the server decode it. What that costs is
bounded here: pixels, times the passes over them.
"""

import re
import struct
import zlib

MAX_PIXELS = 50_000_000
# Pixels times passes: decoding them takes about half a second
MAX_WORK = 400_000_000
MAX_FRAMES = 1000
# Segments, chunks and blocks that the files of one request may consist of
MAX_STEPS = 300_000
_JPEG_MARKER = re.compile(rb"\xff+[\x01-\xfe]")
# Within the compressed data of a JPEG other bytes follow a 0xFF; not „+“, which would
# take the square of their number
_JPEG_NEXT_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_JPEG_FRAMES = range(0xC0, 0xD0)  # C4, C8 and CC aren't any
_PNG_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PNG_DEPTHS = {
    0: (1, 2, 4, 8, 16),
    2: (8, 16),
    3: (1, 2, 4, 8),
    4: (8, 16),
    6: (8, 16),
}

_MARKS = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"BM": "image/bmp",
}


class Damaged(ValueError):
    """The file can't be read as a picture, or would be too much work."""


class Budget:
    """How many steps may be taken for all files of a request together."""

    def __init__(self, steps=MAX_STEPS):
        self.left = steps

    def take(self, steps=1):
        """Take steps.

        :raise Damaged: none are left
        """
        self.left -= steps
        if self.left < 0:
            raise Damaged("too many parts")


def check(content, mimetype, budget=None):
    """Check that a picture is whole, and decoding it takes about a second at most.

    :param bytes content:
    :param str mimetype: as which it begins: PNG, JPEG, GIF, WebP or BMP
    :param Budget budget: shared by the files of a request
    :raise Damaged: otherwise
    """
    walk = _WALKS.get(mimetype)
    if not walk:
        raise Damaged("no picture")
    try:
        walk(memoryview(content), budget or Budget())
    except (struct.error, IndexError):
        raise Damaged("cut off") from None


def guess_kind(content):
    """Return the MIME type as which a file begins, empty for one of no picture.

    :rtype: str
    """
    head = content[:16]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    return next((k for mark, k in _MARKS.items() if head.startswith(mark)), "")


def is_harmless(content, mimetype):
    """Tell whether :func:`check` has nothing against a picture.

    :rtype: bool
    """
    try:
        check(content, mimetype)
    except Damaged:
        return False
    return True


def _need(condition, what="damaged"):
    if not condition:
        raise Damaged(what)


def _check_size(width, height):
    _need(width > 0 and height > 0, "no pixels")
    _need(width * height <= MAX_PIXELS, "too many pixels")


# ---------------------------------------------------
# PNG
# ---------------------------------------------------


def _walk_png(data, budget):
    _need(data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR")
    position, has_pixels = 8, False
    while True:
        budget.take()
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        _need(end <= len(data), "cut off")
        checksum = zlib.crc32(data[position + 4 : end - 4])
        _need(checksum == int.from_bytes(data[end - 4 : end], "big"))
        if position == 8:
            _need(length == 13)
            _check_png_header(data, budget)
        elif kind == b"acTL":
            _need(length == 8)
            _need(struct.unpack_from(">I", data, position + 8)[0] <= MAX_FRAMES)
        has_pixels |= kind == b"IDAT" and length > 0
        if kind == b"IEND":
            break
        position = end
    _need(has_pixels, "no pixels")


def _check_png_header(data, _budget):
    width, height, depth, colour, packing, filters, interlace = struct.unpack_from(
        ">IIBBBBB", data, 16
    )
    _check_size(width, height)
    _need(depth in _PNG_DEPTHS.get(colour, ()))
    _need(packing == 0 and filters == 0 and interlace in (0, 1))
    size = width * height * _PNG_CHANNELS[colour] * max(depth, 8) // 8
    # a filter may be undone for each byte, twice over when it is interlaced
    _need(size * (2 if interlace else 1) <= MAX_WORK // 2, "too much work")


# ---------------------------------------------------
# JPEG
# ---------------------------------------------------


def _walk_jpeg(data, budget):
    _need(data[:2] == b"\xff\xd8")
    position, parts, pixels, work = 2, {}, 0, 0
    while True:
        budget.take()
        found = _JPEG_MARKER.match(data, position)
        _need(found, "cut off")
        marker, position = data[found.end() - 1], found.end()
        if marker == 0xD9:
            break
        if marker == 0x01:
            continue
        length = struct.unpack_from(">H", data, position)[0]
        _need(length >= 2 and position + length <= len(data), "cut off")
        segment = data[position + 2 : position + length]
        position += length
        if marker in _JPEG_FRAMES and marker not in (0xC4, 0xC8, 0xCC):
            # baseline and progressive; nobody sends the others, some are slow
            _need(marker in (0xC0, 0xC1, 0xC2) and not parts)
            pixels, parts = _read_jpeg_frame(segment)
        elif marker == 0xDA:
            _need(parts, "no frame")
            weight = sum(parts.get(segment[1 + 2 * i], 1) for i in range(segment[0]))
            work += pixels * weight
            _need(segment[0] and work <= MAX_WORK, "too much work")
            found = _JPEG_NEXT_MARKER.search(data, position)
            _need(found, "cut off")
            position = found.start()
    _need(work, "no scan")


def _read_jpeg_frame(segment):
    """Return the number of pixels, and the share of them that each component has."""
    _depth, height, width, count = struct.unpack_from(">BHHB", segment)
    _check_size(width, height)
    _need(1 <= count <= 4 and len(segment) >= 6 + 3 * count)
    shares = {}
    for number in range(count):
        name, sampling, _table = segment[6 + 3 * number : 9 + 3 * number]
        across, down = sampling >> 4, sampling & 15
        _need(1 <= across <= 4 and 1 <= down <= 4 and name not in shares)
        shares[name] = across * down
    largest = max(s >> 4 for s in segment[7 : 6 + 3 * count : 3]) * max(
        s & 15 for s in segment[7 : 6 + 3 * count : 3]
    )
    return width * height, {name: s / largest for name, s in shares.items()}


# ---------------------------------------------------
# GIF
# ---------------------------------------------------


def _walk_gif(data, budget):
    _need(data[:6] in (b"GIF87a", b"GIF89a"))
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    position = 13 + _palette_size(flags)
    frames, work = 0, 0
    while position < len(data) and data[position] != 0x3B:
        budget.take()
        if data[position] == 0x21:
            position = _skip_gif_blocks(data, position + 2, budget)
            continue
        _need(data[position] == 0x2C)
        left, top, across, down, flags = struct.unpack_from("<4HB", data, position + 1)
        width, height = max(width, left + across), max(height, top + down)
        _check_size(width, height)
        _check_size(across, down)
        frames, work = frames + 1, work + width * height
        _need(frames <= MAX_FRAMES and work <= MAX_WORK, "too much work")
        start = position + 11 + _palette_size(flags)
        _need(data[start], "no pixels")
        position = _skip_gif_blocks(data, start, budget)
    _need(frames, "no frame")


def _palette_size(flags):
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _skip_gif_blocks(data, position, budget):
    while data[position]:
        budget.take()
        position += data[position] + 1
    return position + 1


# ---------------------------------------------------
# WebP and BMP
# ---------------------------------------------------


def _walk_webp(data, budget):
    _need(data[:4] == b"RIFF" and data[8:12] == b"WEBP")
    size = struct.unpack_from("<I", data, 4)[0] + 8
    _need(size <= len(data), "cut off")
    position, frames, canvas = 12, 0, 0
    while position + 8 <= size:
        budget.take()
        kind, length = struct.unpack_from("<4sI", data, position)
        start, position = position + 8, position + 8 + length + length % 2
        _need(start + length <= size, "cut off")
        if kind == b"VP8X":
            extent = bytes(data[start + 4 : start + 10])
            width = 1 + int.from_bytes(extent[:3], "little")
            height = 1 + int.from_bytes(extent[3:], "little")
            _check_size(width, height)
            canvas = width * height
        elif kind == b"ANMF":
            frames += 1
            _need(frames <= MAX_FRAMES and frames * canvas <= MAX_WORK, "too much work")
        elif kind in (b"VP8 ", b"VP8L"):
            frames += 1
            _check_size(*_read_webp_size(kind, data[start : start + length]))
    _need(frames, "no frame")


def _read_webp_size(kind, data):
    if kind == b"VP8L":
        _need(data[0] == 0x2F)
        bits = struct.unpack_from("<I", data, 1)[0]
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    _need(data[3:6] == b"\x9d\x01\x2a")
    width, height = struct.unpack_from("<HH", data, 6)
    return width & 0x3FFF, height & 0x3FFF


def _walk_bmp(data, _budget):
    _need(data[:2] == b"BM")
    offset, size = struct.unpack_from("<II", data, 10)
    if size == 12:
        width, height, _planes, depth = struct.unpack_from("<HHHH", data, 18)
        packing = 0
    else:
        _need(size >= 40)
        width, height, _planes, depth, packing = struct.unpack_from("<iiHHI", data, 18)
    height = abs(height)
    _check_size(width, height)
    # those that are packed otherwise are rare, and slow to read
    _need(depth in (1, 4, 8, 16, 24, 32) and packing in (0, 3, 6))
    row = (width * depth + 31) // 32 * 4
    _need(offset + row * height <= len(data), "cut off")


_WALKS = {
    "image/png": _walk_png,
    "image/jpeg": _walk_jpeg,
    "image/gif": _walk_gif,
    "image/webp": _walk_webp,
    "image/bmp": _walk_bmp,
}
