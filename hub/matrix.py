"""A style's finished goods as a matrix of colours and sizes: all of them registered or renumbered at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec import Struct

from hub.cells import Value, shown
from hub.findings import Finding
from hub.master_data import Given, MasterData, NotSavedError
from hub.object import objects
from hub.reference import ReferenceData
from hub.views.objects import all_rows, object_row


class Cell(Struct, frozen=True, kw_only=True):
    """One colour and size: the goods registered for it (no key: none yet), or the number proposed for them."""

    colour: str
    size: str
    key: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A style with its colours down and its sizes across; `names` are the colours' names by language."""

    style: str
    values: Mapping[str, Value]
    colours: Sequence[str]
    sizes: Sequence[str]
    names: Mapping[str, Mapping[str, Value]]
    cells: Mapping[tuple[str, str], Cell]


def matrix_of(known: ReferenceData, style: str, prefix: str = "") -> Matrix | None:
    """Return a style's matrix, the numbers of what is not registered proposed; None where there is no such style."""
    found = object_row(objects()["styles"], known, style)
    if found is None:
        return None
    group = object_row(objects()["size_groups"], known, shown(found.values["size_group"]))
    goods = [row for row in all_rows(objects()["finished_goods"], known) if row.values["style"] == style]
    held = {(shown(row.values["colour"]), shown(row.values["size"])): row for row in goods}
    colours = _in_order(found.values["colours"], [colour for colour, _ in held])
    sizes = _in_order(group.values["sizes"] if group else (), [size for _, size in held])
    cells = {
        (colour, size): Cell(
            colour=colour,
            size=size,
            key=row.key if (row := held.get((colour, size))) else "",
            number=shown(row.values["number"]) if row else f"{prefix or style}-{colour}-{size}",
        )
        for colour in colours
        for size in sizes
    }
    names = {one.key: one.values for one in all_rows(objects()["colours"], known)}
    return Matrix(style=style, values=found.values, colours=colours, sizes=sizes, names=names, cells=cells)


class Ordered(Struct, frozen=True, kw_only=True):
    """What an order has of the piece in one cell. `may_change`: it is on no line with more to it, a carton or a lot."""

    number: str
    amount: str = ""
    may_change: bool = True


OrderLine = Mapping[str, str]
"""A line of an order as texts, by field."""


def ordered_in(matrix: Matrix, lines: Sequence[OrderLine]) -> Mapping[tuple[int, int], Ordered]:
    """Return what an order has of each piece that is registered, by where it stands: rows and columns from 0."""
    found: dict[tuple[int, int], Ordered] = {}
    for down, colour in enumerate(matrix.colours):
        for across, size in enumerate(matrix.sizes):
            cell = matrix.cells[colour, size]
            if cell.key:
                of_it = [one for one in lines if one["item"] == cell.number]
                found[down, across] = Ordered(
                    number=cell.number,
                    amount=" + ".join(one["quantity"] for one in of_it),
                    may_change=not of_it or (len(of_it) == 1 and _is_plain(of_it[0])),
                )
    return found


def with_amounts(
    lines: Sequence[OrderLine], ordered: Mapping[tuple[int, int], Ordered], amounts: Mapping[str, str]
) -> Sequence[OrderLine]:
    """Return an order's lines with other amounts, by item number: changed, gone where empty, new ones at the end."""
    left = dict(amounts)
    kept: list[OrderLine] = []
    for line in lines:
        amount = left.pop(line["item"], None)
        if amount is None:
            kept.append(line)
        elif amount:
            kept.append({**line, "quantity": amount})
    last = max((int(one["line"]) for one in lines if one["line"].isdecimal()), default=0)
    new = [one.number for one in ordered.values() if left.get(one.number)]
    return [
        *kept,
        *(
            {"line": str(number), "item": item, "quantity": left[item]}
            for number, item in enumerate(new, last + 1)
        ),
    ]


def _is_plain(line: OrderLine) -> bool:
    return not any(text for name, text in line.items() if name not in _PLAIN)


_PLAIN = frozenset({"line", "item", "quantity", "unit"})


def save_matrix(
    goods: MasterData, matrix: Matrix, numbers: Mapping[tuple[str, str], str], texts: Mapping[str, str]
) -> tuple[int, int]:
    """Register a style's goods where there are none yet and give the others their numbers; how many of each.

    `numbers`: what each cell that counts is to be numbered; `texts`: what all that are new have in common. With one
    cell wrong none is written: the caller's transaction must end with what this raises. Raises NotSavedError.
    """
    new = changed = 0
    for place, number in numbers.items():
        cell = matrix.cells[place]
        try:
            if cell.key:
                changed += goods.modify(cell.key, Given(texts={"number": number})).changed
            else:
                goods.register(Given(texts={**_common(matrix, cell, texts), "number": number}))
                new += 1
        except NotSavedError as error:
            raise NotSavedError([_at(cell, one) for one in error.findings]) from error
    return new, changed


def _common(matrix: Matrix, cell: Cell, texts: Mapping[str, str]) -> dict[str, str]:
    """Return what new goods of a cell say: the style's name with colour and size, and what all have in common."""
    colour = matrix.names.get(cell.colour, {})
    named = {
        name: " ".join(
            filter(None, (shown(matrix.values[name]), shown(colour.get(name, "")) or cell.colour, cell.size))
        )
        for name in ("name", "name_en")
        if shown(matrix.values[name])
    }
    return {
        "specification": f"{cell.colour} {cell.size}",
        "unit": shown(matrix.values["unit"]),
        **named,
        **{name: text for name, text in texts.items() if text},
        "style": matrix.style,
        "colour": cell.colour,
        "size": cell.size,
    }


def _in_order(declared: Value, others: Sequence[str]) -> Sequence[str]:
    """Return the style's own in their order, then what is registered beside them."""
    return tuple(dict.fromkeys((*(declared if isinstance(declared, tuple) else ()), *filter(None, others))))


def _at(cell: Cell, one: Finding) -> Finding:
    where = f"{cell.colour} {cell.size}"
    return Finding(
        row=one.row,
        column=one.column,
        code=one.code,
        zh=f"{where}：{one.zh}",
        en=f"{where}: {one.en}",
        field=one.field,
    )
