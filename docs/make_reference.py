"""Write docs/reference.md from the code: `make reference`. A test fails when the page says anything else."""

from __future__ import annotations

import importlib
import inspect
import re
import sys
import tomllib
import typing
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click
import msgspec

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # run as a script, the tree is not on the path

from domain import words  # noqa: E402 (the tree is on the path from here)
from domain.barcode import ControlCommand, recognisers  # noqa: E402
from domain.barcodes.house import HouseType, control_code  # noqa: E402
from domain.document import (  # noqa: E402
    AbovePlan,
    BelowPlan,
    DocumentType,
    document_types,
    is_never_approved,
)
from domain.event import event_types  # noqa: E402
from domain.field import Field, always, never  # noqa: E402
from domain.units import UNITS  # noqa: E402
from drivers import lamp, lamps, language, profile, registry, scale, scales, scanner, scanners, transport  # noqa: E402
from hub.object import Field as ObjectField  # noqa: E402
from hub.object import objects  # noqa: E402
from hub.rights.matrix import ADDRESSES  # noqa: E402
from hub.rights.subjects import subjects  # noqa: E402
from hub.settings import HubSettings  # noqa: E402
from kiosk.settings import KioskSettings  # noqa: E402
from labels.template import load_template, template_names  # noqa: E402
from noac import SUBCOMMANDS, main  # noqa: E402

PAGE = ROOT / "docs" / "reference.md"
HEAD = """# Reference

Made from the code by `make reference`; do not edit. What the words mean stands in [glossary.md](glossary.md).
"""


def both(key: str) -> str:
    """A catalogue key in both languages."""
    return f"{words.speak('zh-CN', key)} · {words.speak('en', key)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") or " " for cell in row) + " |"
    yield ""


def words_of(thing: object) -> str:
    """What a thing's docstring says, as one paragraph."""
    return " ".join((inspect.getdoc(thing) or "").split())


def type_words(kind: object) -> str:
    """A field's type as the code writes it, without the names of modules."""
    if typing.get_origin(kind) is typing.Annotated:
        inner, *metas = typing.get_args(kind)
        limits = "; ".join(re.sub(r"^.*?Meta\(|\)$", "", str(meta)) for meta in metas)
        return f"{type_words(inner)} ({limits})"
    text = kind.__name__ if isinstance(kind, type) and not typing.get_args(kind) else str(kind)
    return re.sub(r"\b(?:\w+\.)+(\w)", r"\1", text).replace("NoneType", "None")


def default_words(field: msgspec.structs.FieldInfo) -> str:
    """A field's default; "required" where there is none."""
    if field.default is not msgspec.NODEFAULT:
        value = field.default
    elif field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    else:
        return "required"
    if isinstance(value, msgspec.Struct):
        return "see below"
    return (
        f"`{value}`" if isinstance(value, Path) else f"`{msgspec.json.encode(value, enc_hook=str).decode()}`"
    )


def document_section(kind: DocumentType) -> Iterator[str]:
    """One document type."""
    yield f"### {kind.code} {both(f'document.{kind.code}')}\n"
    yield words_of(inspect.getmodule(kind.movements)) + "\n"
    posts = f"posts on {kind.posts.value}"
    plan = f"checked against field `{kind.plan_field}`: {against_words(kind)}" if kind.plan_field else ""
    claims = [
        f"number `{kind.prefix}yyyymmdd-station-serial`",
        f"business step `{kind.biz_step}`",
        posts,
        plan,
        f"leaves a `{kind.leaves}`" if kind.leaves else "",
        f"posts to {', '.join(kind.accounts)}" if kind.accounts else "",
        "" if kind.approval is is_never_approved else f"approval: {claim_words(kind.approval)}",
        "blind" if kind.is_blind else "",
        "prints labels" if kind.labels else "",
    ]
    yield "; ".join(filter(None, claims)) + ".\n"
    rows = [(part, one) for part, fields in (("header", kind.header), ("line", kind.line)) for one in fields]
    yield from table(
        ("part", "field", "words", "kind", "required", "more"),
        (
            (part, f"`{one.name}`", both(f"field.{one.name}"), one.kind.value, needed(one), more(one))
            for part, one in rows
        ),
    )


def rights_section() -> Iterator[str]:
    """Every right there is, and what each address of the hub needs."""
    yield "## Rights\n"
    yield "What a person, a group or a token may do, written `SUBJECT.act`; derived from documents and master data.\n"
    yield from table(("subject", "acts"), ((f"`{one}`", ", ".join(acts)) for one, acts in subjects().items()))
    yield "What each address of the hub needs:\n"
    yield from table(
        ("method", "address", "who", "right"),
        (
            (
                method,
                f"`{rule}`",
                need.who.name.lower().replace("_", " "),
                f"`{need.right}`" if need.right else "",
            )
            for (method, rule), need in ADDRESSES.items()
        ),
    )


def needed(field: Field) -> str:
    """When a field is required."""
    if field.required is always:
        return "yes"
    return "no" if field.required is never else claim_words(field.required)


def claim_words(claim: Callable[..., bool]) -> str:
    """A claim in its own words: they are its name."""
    return claim.__name__.strip("_").replace("_", " ")


def against_words(kind: DocumentType) -> str:
    """What happens where a document differs from its plan."""
    match kind.above_plan:
        case AbovePlan.CEILING:
            above = f"up to {kind.over_plan:.0%} above it"
        case AbovePlan.ASK:
            above = "asks about more"
        case AbovePlan.REASON:
            above = "more needs a reason"
    below = {BelowPlan.ALLOW: "", BelowPlan.ASK: ", asks about less", BelowPlan.REFUSE: ", refuses less"}
    return above + below[kind.below_plan]


def more(field: Field) -> str:
    """What else a field declares."""
    said = [
        f"roles: {', '.join(sorted(field.roles))}" if field.roles else "",
        f"plan: {field.plan_kind}" if field.plan_kind else "",
        f"right: {field.right}" if field.right else "",
        f"choices: {', '.join(field.choices)}" if field.choices else "",
        "" if field.sticky is never else "stays in force",
        "" if field.is_new is never else "born with the line",
        "may be unknown" if field.may_be_unknown else "",
    ]
    return "; ".join(filter(None, said))


def struct_table(kind: type[msgspec.Struct]) -> Iterator[str]:
    """The fields of a struct."""
    hints = typing.get_type_hints(kind, include_extras=True)
    yield from table(
        ("field", "type", "default"),
        (
            (f"`{one.encode_name}`", f"`{type_words(hints[one.name])}`", default_words(one))
            for one in msgspec.structs.fields(kind)
        ),
    )


def settings_section(kind: type[msgspec.Struct], title: str) -> Iterator[str]:
    """A settings struct, and the structs inside it."""
    yield f"### {title}\n"
    yield words_of(kind) + "\n"
    yield from struct_table(kind)
    for inner in inner_structs(kind):
        yield from settings_section(inner, f"{title}: {inner.__name__}")


def inner_structs(kind: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """The structs a struct's fields are made of, in order."""
    found: list[type[msgspec.Struct]] = []
    waiting = [one for _, one in typing.get_type_hints(kind).items()]
    while waiting:
        one = waiting.pop(0)
        waiting += typing.get_args(one)
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and one not in found:
            found.append(one)
    return found


def command_section(name: str, command: click.Command, depth: int = 4) -> Iterator[str]:
    """A command's options, and its subcommands with theirs."""
    rows: list[tuple[str, str, str]] = []
    for one in command.params:
        if isinstance(one, click.Option) and not one.hidden:
            shown = "" if one.default in (None, False, ()) or callable(one.default) else str(one.default)
            default = "required" if one.required else "" if "UNSET" in shown.upper() else shown
            rows.append((", ".join(f"`{text}`" for text in one.opts), one.help or "", default))
        elif isinstance(one, click.Argument):
            rows.append((f"`{one.human_readable_name}`", "", "required" if one.required else ""))
    if rows:
        yield from table(("option", "what it does", "default"), rows)
    if isinstance(command, click.Group):
        for inner, one in sorted(command.commands.items()):
            yield f"{'#' * depth} `{name} {inner}`\n"
            yield (one.get_short_help_str(limit=300) or "") + "\n"
            yield from command_section(f"{name} {inner}", one, depth + 1)


def drivers_section() -> Iterator[str]:
    """Scanners, scales, lamps, printers and how they are reached."""
    yield "## Drivers\n"
    attached = (
        ("Scanner", scanners, scanner.scanner_kinds()),
        ("Scale", scales, scale.scale_kinds()),
        ("Lamp", lamps, lamp.lamp_kinds()),
    )
    for title, folder, kinds in attached:
        for kind in kinds:
            module = registry.load(folder, kind, key="kind", source="reference")
            yield f"### {title} `{kind}`\n"
            yield words_of(module) + "\n"
            yield from struct_table(module.Settings)
    yield "### Printers\n"
    yield f"Ways to reach one: {', '.join(f'`{one}://`' for one in transport.transport_schemes())}. "
    yield f"Languages: {', '.join(f'`{one}`' for one in language.language_names())}.\n"
    yield from table(
        ("profile", "what it says"),
        ((f"`{name}`", "; ".join(profile_words(name))) for name in profile.profile_names()),
    )


def profile_words(name: str) -> Iterator[str]:
    """A printer profile's keys."""
    data = tomllib.loads((ROOT / "drivers" / "profiles" / f"{name}.toml").read_text(encoding="utf-8"))
    for key, value in data.items():
        yield f"{key} {value}"


def codes_section() -> Iterator[str]:
    """What may be scanned."""
    yield "## Codes\n"
    yield (
        "Formats, in the order in which they are asked: "
        + ", ".join(f"`{name}`" for name, _ in recognisers())
        + ".\n"
    )
    yield from table(
        ("house code", "names"),
        ((f"`Z{one.value}…`", one.name.lower().replace("_", " ")) for one in HouseType),
    )
    cards = [
        (one, control_code(one, "12" if one is ControlCommand.QUANTITY else None)) for one in ControlCommand
    ]
    yield from table(("command card", "code"), ((one.name, f"`{code}`") for one, code in cards))


def objects_section() -> Iterator[str]:
    """Master data: what the office registers by hand, by file or by API."""
    yield "## Master data\n"
    yield (
        "Kept at the office's pages, read from CSV and XLSX (`noac hub import OBJECT FILE`; any of the headers "
        "will do) and through the API. *fixed*: not changed once registered; *key*: the list can be asked for by it.\n"
    )
    for name, declared in objects().items():
        yield f"### `{name}`\n"
        yield words_of(importlib.import_module(f"hub.objects.{name}")) + "\n"
        kept = ", ".join(f"`{one.name}`" for one in declared.delete_if)
        yield f"Records of kind `{declared.kind}`. Deleted only if: {kept}.\n"
        rows = ((one.name, ", ".join(declared.headers(one)), _claims(one)) for one in declared.columns)
        yield from table(("field", "headers", "rules"), rows)


def _claims(one: ObjectField) -> str:
    """What holds for a field of an object."""
    claims = {
        "required": one.required,
        "fixed": not one.may_change,
        "key": one.is_query,
        "price": one.is_price,
        f"of `{one.kind.refers_to}`": bool(one.kind.refers_to),
    }
    return ", ".join(name for name, holds in claims.items() if holds)


def messages_section() -> Iterator[str]:
    """Every message, in both languages, with its way out."""
    yield "## Messages\n"
    yield "What a kiosk says, and the next move it offers. Words in braces are filled in.\n"
    prefix, suffix = "problem.", ".way_out"
    known = words.keys("en")
    codes = sorted(
        key.removeprefix(prefix) for key in known if key.startswith(prefix) and not key.endswith(suffix)
    )
    rows = [(code, f"{prefix}{code}", f"{prefix}{code}{suffix}") for code in codes]
    yield from table(
        ("code", "message", "way out"),
        ((f"`{code}`", plain(key), plain(out) if out in known else "") for code, key, out in rows),
    )


def plain(key: str) -> str:
    """A key's words with their blanks shown, in both languages."""

    def shown(language: typing.Literal["zh-CN", "en"]) -> str:
        blanks = {name: "{" + name + "}" for name in words.blanks(language, key)}
        return words.speak(language, key, **blanks)

    return f"{shown('zh-CN')} · {shown('en')}"


def reference() -> str:
    """The whole page."""
    parts: list[str] = [HEAD, "## Document types\n"]
    for kind in document_types().values():
        parts += document_section(kind)
    parts.append("## Events\n")
    for name, event in event_types().items():
        parts += [f"### {name}\n", f"{words_of(event)} Schema {event.schema}, `{event.__module__}`.\n"]
        parts += struct_table(event)
    parts.append("## Settings\n")
    parts += settings_section(KioskSettings, "Kiosk")
    parts += rights_section()
    parts += settings_section(HubSettings, "Hub")
    parts += drivers_section()
    parts.append("## Labels\n")
    for name in template_names():
        template = load_template(name)
        parts.append(f"### `{name}` {template.title_zh} · {template.title_en}\n")
        parts.append(f"{template.width_mm:g} × {template.height_mm:g} mm.\n")
        parts += table(
            ("field", "words", "required"),
            (
                (f"`{one.name}`", f"{one.title_zh} · {one.title_en}", "yes" if one.required else "")
                for one in template.fields
            ),
        )
    parts += codes_section()
    parts.append("## Units\n")
    parts += table(
        ("code", "symbol", "words", "decimals"),
        ((f"`{one.code}`", one.symbol, f"{one.zh} · {one.en}", str(one.decimals)) for one in UNITS.values()),
    )
    parts += objects_section()
    parts += messages_section()
    parts.append("## Commands\n")
    context = click.Context(main)
    for name, subcommand in SUBCOMMANDS.items():
        parts += [f"### `noac {name}`\n", f"{subcommand.summary}\n"]
        command = main.get_command(context, name)
        parts += command_section(f"noac {name}", command) if command else []
    return "\n".join(parts).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(reference(), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
