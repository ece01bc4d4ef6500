# SPDX-License-Identifier: MIT
"""Content encodings, made by hand where Python knows none: right, broken, and bombs."""
import gzip
import struct
import zlib

ZSTD_BLOCK = 131072  # the most that one block may unpack to


def gzip_bad_crc(data):
    whole = gzip.compress(data)
    return whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]


def gzip_of_nothing(size):
    """At least that many bytes which unpack to none: empty blocks without an end."""
    return gzip.compress(b"")[:10] + b"\x00\x00\x00\xff\xff" * (size // 5 + 1)


def deflate(data):
    return zlib.compress(data)


def zstd(data):
    """Blocks stored as they are (RFC 8878)."""
    blocks = [data[at:at + ZSTD_BLOCK] for at in range(0, len(data), ZSTD_BLOCK)]
    frame = b"\x28\xb5\x2f\xfd" + b"\x00" + b"\x38"  # no size, no checksum, a window of 128 kB
    for number, block in enumerate(blocks):
        is_last = number + 1 == len(blocks)
        frame += struct.pack("<I", is_last | len(block) << 3)[:3] + block
    return frame


def zstd_bomb(size):
    """Each block is one byte, so many times."""
    frame = b"\x28\xb5\x2f\xfd" + b"\x00" + b"\x38"
    for _ in range(size // ZSTD_BLOCK):
        frame += struct.pack("<I", 1 << 1 | ZSTD_BLOCK << 3)[:3] + b" "
    return frame


def brotli(data):
    """Meta-blocks stored as they are (RFC 7932)."""
    bits = ["0"]  # a window of 16 bits; every field is written from its lowest bit on
    out = b""
    for at in range(0, len(data), 65536):
        block = data[at:at + 65536]
        bits += ["0", "00", "{:016b}".format(len(block) - 1)[::-1], "1"]
        text = "".join(bits)
        text += "0" * (-len(text) % 8)
        out += bytes(int(text[n:n + 8][::-1], 2) for n in range(0, len(text), 8)) + block
        bits = []
    return out + b"\x03"  # the last one, empty
