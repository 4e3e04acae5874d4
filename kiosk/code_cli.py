"""`noac code`: say what a code means here, for who writes labels or wonders about a supplier's."""

from collections.abc import Sequence

import click

from domain.barcode import Reading, ReadingKind, content_of, read
from domain.barcodes import digital_link, gs1
from domain.gs1.dictionary import identifier
from domain.gs1.pairing import Pairing, broken_pairings
from domain.words import speak_problem, speak_way_out


@click.command(name="code")
@click.argument("text")
@click.option(
    "--symbology", metavar="]C1", help="The AIM symbology identifier, if the scanner tells it apart."
)
def command(text: str, symbology: str | None) -> None:
    """Say what TEXT means: brackets as printed below a code, FNC1 as <GS>. Ends with 1 where it cannot be read."""
    reading = read(text, symbology)
    for line in _lines(text, reading):
        click.echo(line)
    if reading.problem:
        raise SystemExit(1)


def _lines(text: str, reading: Reading) -> list[str]:
    if reading.problem:
        return [speak_problem("en", reading.problem), speak_way_out("en", reading.problem)]
    pairs = _pairs(content_of(text)[0], reading.kind)
    if not pairs:
        return [f"{reading.kind.value}: {element}" for element in reading.elements]
    broken = broken_pairings([ai for ai, _ in pairs])
    return [*_elements(pairs), *(f"GS1 asks: {_rule(one)}" for one in broken)]


def _pairs(content: str, kind: ReadingKind) -> list[tuple[str, str]]:
    match kind:
        case ReadingKind.gs1:
            return gs1.pairs_of(content)
        case ReadingKind.digital_link:
            return digital_link.pairs_of(content)
        case _:
            return []


def _elements(pairs: Sequence[tuple[str, str]]) -> list[str]:
    lines: list[str] = []
    for ai, value in pairs:
        known = identifier(ai)
        title = known.title if known else ""
        lines.append(f"{f'({ai})':<6} {title:<24} {_said(ai, value)}")
    return lines


def _said(ai: str, value: str) -> str:
    """A number with the point where the identifier puts it, everything else as it is."""
    known = identifier(ai)
    decimals = known.decimals if known else None
    return f"{value[:-decimals]}.{value[-decimals:]}" if decimals else value


def _rule(broken: Pairing) -> str:
    others = " or ".join("+".join(f"({one})" for one in other.split("+")) for other in broken.others)
    return (
        f"({broken.ai}) goes with {others}"
        if broken.kind == "lacks"
        else f"({broken.ai}) not beside {others}"
    )
