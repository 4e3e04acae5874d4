"""IPP on the wire: a request in bytes, and what an answer says.

Source: RFC 8010, section 3 (how it is written), and RFC 8011 (what the words mean).
"""

import struct
from collections.abc import Mapping
from enum import IntEnum

import msgspec

VERSION = b"\x02\x00"
"""IPP/2.0: what CUPS and printers of the last ten years speak."""

_OPERATION_ATTRIBUTES, _END = 0x01, 0x03
_DELIMITERS = range(0x10)
_HEADER = struct.Struct(">2sHI")
_LENGTH = struct.Struct(">H")
_INTEGER, _BOOLEAN, _ENUM = 0x21, 0x22, 0x23
_OK_BELOW = 0x0100
"""Status codes below this are kinds of success (RFC 8011, appendix B.1.2)."""


class Operation(IntEnum):
    """What is asked for (RFC 8011, 5.4.15)."""

    PRINT_JOB = 0x0002
    GET_PRINTER_ATTRIBUTES = 0x000B


class Tag(IntEnum):
    """The syntaxes we write (RFC 8010, 3.5.2)."""

    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    NATURAL_LANGUAGE = 0x48
    MIME_MEDIA_TYPE = 0x49


class IppError(ValueError):
    """What came back is no IPP."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says: its status, and the values of every attribute, of whatever group."""

    status: int
    attributes: Mapping[str, tuple[str | int | bool, ...]]

    @property
    def is_ok(self) -> bool:
        """It was done."""
        return self.status < _OK_BELOW

    def first(self, name: str) -> str | int | bool | None:
        """Return the first value of an attribute; None where there is none."""
        return next(iter(self.attributes.get(name, ())), None)


def request(operation: Operation, number: int, uri: str, *attributes: tuple[Tag, str, str]) -> bytes:
    """Return a request about a printer; what is to be printed follows it."""
    written = [
        _HEADER.pack(VERSION, operation, number),
        bytes([_OPERATION_ATTRIBUTES]),
        _attribute(Tag.CHARSET, "attributes-charset", "utf-8"),
        _attribute(Tag.NATURAL_LANGUAGE, "attributes-natural-language", "en"),
        _attribute(Tag.URI, "printer-uri", uri),
        *(_attribute(*one) for one in attributes),
        bytes([_END]),
    ]
    return b"".join(written)


def _attribute(tag: Tag, name: str, value: str) -> bytes:
    return b"".join(
        (bytes([tag]), *(_LENGTH.pack(len(one)) + one for one in (name.encode(), value.encode())))
    )


def answer_of(data: bytes) -> Answer:
    """Read an answer. Raises IppError."""
    try:
        _, status, _ = _HEADER.unpack_from(data)
        attributes: dict[str, list[str | int | bool]] = {}
        at, name = _HEADER.size, ""
        while (tag := data[at]) != _END:
            at += 1
            if tag in _DELIMITERS:
                continue
            given, at = _piece(data, at)
            value, at = _piece(data, at)
            name = given.decode() or name  # a further value of the same attribute has no name
            attributes.setdefault(name, []).append(_value(tag, value))
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise IppError(f"not IPP: {data[:40]!r}") from error
    return Answer(status=status, attributes={name: tuple(values) for name, values in attributes.items()})


def _piece(data: bytes, at: int) -> tuple[bytes, int]:
    (length,) = _LENGTH.unpack_from(data, at)
    end = at + _LENGTH.size + length
    if end > len(data):
        raise IndexError
    return data[at + _LENGTH.size : end], end


def _value(tag: int, value: bytes) -> str | int | bool:
    if tag in (_INTEGER, _ENUM):
        return int.from_bytes(value, "big", signed=True)
    if tag == _BOOLEAN:
        return value != b"\x00"
    return value.decode("utf-8", errors="replace")
