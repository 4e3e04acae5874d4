"""Settings files, read so that a mistake is named before anything starts.

The files are TOML. What may stand in them is declared as frozen `msgspec.Struct` classes by the program that
needs them; this module only compares the two, and reads no file itself.
"""

from __future__ import annotations

import re
import tomllib
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, TypeVar, cast

import msgspec

T = TypeVar("T")

PROBLEMS_SHOWN_MAX = 20
"""A file with more mistakes than this is the wrong file; the rest is only counted."""

_WORDS = {
    "array": "a list",
    "bool": "true or false",
    "float": "a number",
    "int": "a whole number",
    "null": "nothing",
    "object": "a table",
    "str": "a text in quotes",
}
_NOWHERE = cast("Any", object())


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsProblem:
    """One mistake in a settings file: where it is and what is wrong; an empty key means the whole file."""

    key: str
    reason: str
    did_you_mean: str | None = None

    def __str__(self) -> str:
        """Say it in one line."""
        suggestion = f"; did you mean '{self.did_you_mean}'?" if self.did_you_mean else ""
        return f"{self.key}: {self.reason}{suggestion}" if self.key else f"{self.reason}{suggestion}"


class SettingsError(ValueError):
    """A settings file cannot be used. Its text has one line for each mistake, after the file's name."""

    def __init__(self, source: str, problems: Iterable[SettingsProblem]) -> None:
        self.source = source
        self.problems = tuple(problems)
        lines = [f"{source}: {problem}" for problem in self.problems[:PROBLEMS_SHOWN_MAX]]
        unshown = len(self.problems) - PROBLEMS_SHOWN_MAX
        if unshown > 0:
            lines.append(f"{source}: and {unshown} more")
        super().__init__("\n".join(lines))


def parse_settings(text: str, kind: type[T], *, source: str) -> T:
    """Read the text of a TOML file as `kind`; `source` is the name to show for it.

    Raises SettingsError, with the line for text that is not TOML.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = SettingsProblem(key="", reason=f"this is not TOML: {error}")
        raise SettingsError(source, [problem]) from error
    return convert_settings(data, kind, source=source)


def convert_settings(data: Mapping[str, object], kind: type[T], *, source: str) -> T:
    """Turn settings as TOML gives them into `kind`, a msgspec.Struct.

    Unknown keys are mistakes at every depth. Raises SettingsError with every mistake found.
    """
    problems = list(_problems(data, kind, ""))
    if problems:
        raise SettingsError(source, problems)
    try:
        return msgspec.convert(data, kind, dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        raise SettingsError(source, [_from_msgspec(error, "")]) from error


def _problems(value: object, kind: Any, key: str) -> Iterable[SettingsProblem]:
    """Name what keeps `value` from being a `kind`; a whole is judged only when its parts are right."""
    found = list(_problems_inside(value, _chosen(value, kind), key))
    if found:
        return found
    try:
        msgspec.convert(value, kind, dec_hook=_decode_path)
    except msgspec.ValidationError as error:
        return [_from_msgspec(error, key)]
    return []


def _problems_inside(value: object, kind: Any, key: str) -> Iterable[SettingsProblem]:
    match value:
        case dict() if _is_struct(kind):
            yield from _problems_of_table(cast("dict[str, object]", value), kind, key)
        case dict() if typing.get_origin(kind) in (dict, Mapping):
            inner = typing.get_args(kind)[1]
            for name, part in cast("dict[str, object]", value).items():
                yield from _problems(part, inner, _join(key, name))
        case list() if (inner := _item_kind(kind)) is not _NOWHERE:
            for number, part in enumerate(cast("list[object]", value)):
                yield from _problems(part, inner, f"{key}[{number}]")
        case _:
            pass


def _problems_of_table(
    table: Mapping[str, object], kind: type[msgspec.Struct], key: str
) -> Iterable[SettingsProblem]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    tag_field = kind.__struct_config__.tag_field
    known = [*fields, *([tag_field] if tag_field else [])]
    for name, part in table.items():
        if name == tag_field:
            continue
        if name not in fields:
            close = get_close_matches(name, known, n=1)
            meant = _join(key, close[0]) if close else None
            yield SettingsProblem(key=_join(key, name), reason="this key is not known", did_you_mean=meant)
            continue
        yield from _problems(part, fields[name].type, _join(key, name))
    for name, field in fields.items():
        if field.required and name not in table:
            yield SettingsProblem(key=_join(key, name), reason="this key is missing")


def _chosen(value: object, kind: Any) -> Any:
    """Take the wrapping off a type; of a union, choose the member whose tag or shape fits the value."""
    if typing.get_origin(kind) is Annotated:
        return _chosen(value, typing.get_args(kind)[0])
    if isinstance(kind, typing.NewType):
        return _chosen(value, kind.__supertype__)
    if typing.get_origin(kind) not in (typing.Union, types.UnionType):
        return kind
    members = [_chosen(value, member) for member in typing.get_args(kind)]
    fitting = [member for member in members if _could_hold(value, member)]
    return fitting[0] if len(fitting) == 1 else kind


def _could_hold(value: object, kind: Any) -> bool:
    match value:
        case dict() if _is_struct(kind):
            config = kind.__struct_config__
            table = cast("dict[str, object]", value)
            return config.tag_field is None or table.get(config.tag_field) == config.tag
        case dict():
            return typing.get_origin(kind) in (dict, Mapping)
        case list():
            return _item_kind(kind) is not _NOWHERE
        case _:
            return False


def _is_struct(kind: Any) -> bool:
    base = typing.get_origin(kind) or kind
    return isinstance(base, type) and issubclass(base, msgspec.Struct)


def _item_kind(kind: Any) -> Any:
    """Return what the items of a list type are; `_NOWHERE` when they are not all alike."""
    arguments = typing.get_args(kind)
    match typing.get_origin(kind):
        case origin if origin in (list, set, frozenset, Sequence):
            return arguments[0]
        case origin if origin is tuple and arguments[1:] == (Ellipsis,):
            return arguments[0]
        case _:
            return _NOWHERE


def _from_msgspec(error: msgspec.ValidationError, key: str) -> SettingsProblem:
    """Say what msgspec found in a foreman's words; its own path (`$.a[0]`) continues `key`."""
    parts = re.fullmatch(r"(?P<what>.*?)(?: - at `(?:key in )?\$(?P<path>.*)`)?", str(error), re.DOTALL)
    if parts is None:
        return SettingsProblem(key=key, reason=str(error))
    path = parts["path"] or ""
    reason = re.sub(r"`(\w+)`", lambda found: _WORDS.get(found[1], found[0]), parts["what"])
    return SettingsProblem(
        key=key + path if key else path.removeprefix("."), reason=reason[:1].lower() + reason[1:]
    )


def _join(key: str, name: str) -> str:
    shown = name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'
    return f"{key}.{shown}" if key else shown


def _decode_path(kind: type, value: object) -> object:
    """Read file and folder names as `pathlib.Path`; msgspec asks only about types it does not know."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind is Path:
        raise ValueError("expected a file or folder name in quotes")
    raise NotImplementedError(f"settings cannot hold a {kind.__name__}")
