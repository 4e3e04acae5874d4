"""Write docs/faults.md from the catalogue of faults and the tests that carry their marks: `make faults`.

A test fails when the page says anything else, when a mark names no fault, and when a fault has neither test nor reason.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "faults.md"
CATALOGUE = ROOT / "tests" / "faults" / "catalogue.toml"
MARK = "fault"
HEAD = """# What can go wrong, and what is promised

Made by `make faults` from `tests/faults/catalogue.toml` and the tests that carry a fault's id; do not edit. Each test's
name is a sentence that says what it shows. "Not yet" says why a promise has no test; "open" what its tests do not show.

{counted}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong. `open` is empty where nothing is left to say."""

    id: str
    fault: str
    promise: str
    open: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A test that carries a mark, by its file below tests/."""

    file: str
    test: str


def catalogue() -> Mapping[str, Sequence[Fault]]:
    """Every group's faults in the order of the file."""
    groups = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["group"]
    return {
        group["name"]: [Fault(id=id_, **told) for id_, told in group.items() if id_ != "name"]
        for group in groups
    }


def proofs() -> Mapping[str, Sequence[Proof]]:
    """Every fault's tests, as their marks say; read from the text, so that nothing has to be installed."""
    found: dict[str, list[Proof]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        everywhere = [id_ for node in tree.body for id_ in _module_marks(node)]
        for test, ids in _tests(tree.body, everywhere):
            proof = Proof(file=path.relative_to(ROOT / "tests").as_posix(), test=test)
            for id_ in dict.fromkeys(ids):
                found[id_].append(proof)
    return found


def _tests(body: Sequence[ast.stmt], inherited: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, [*inherited, *_marks(node.decorator_list)])
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            yield node.name, [*inherited, *_marks(node.decorator_list)]


def _module_marks(node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.Assign) or not any(
        isinstance(one, ast.Name) and one.id == "pytestmark" for one in node.targets
    ):
        return []
    return _marks(node.value.elts if isinstance(node.value, ast.List | ast.Tuple) else [node.value])


def _marks(expressions: Sequence[ast.expr]) -> list[str]:
    """The ids of `pytest.mark.fault(…)`, also those given inside a `pytest.param(…)` of a parametrised test."""
    calls = (node for one in expressions for node in ast.walk(one) if isinstance(node, ast.Call))
    return [
        str(argument.value)
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == MARK
        for argument in call.args
        if isinstance(argument, ast.Constant)
    ]


def page() -> str:
    """The whole page."""
    groups, found = catalogue(), proofs()
    every = [one for faults in groups.values() for one in faults]
    proven = sum(bool(found.get(one.id)) for one in every)
    waiting = ", ".join(one.id for one in every if not found.get(one.id))
    counted = f"{proven} of {len(every)} faults have tests" + (f"; not yet: {waiting}." if waiting else ".")
    parts = [HEAD.format(counted=counted)]
    for name, faults in groups.items():
        parts.append(
            f"\n## {name}\n\n| | what goes wrong | what is promised | shown by |\n|---|---|---|---|\n"
        )
        parts += [
            f"| {one.id} | {one.fault} | {one.promise} | {_shown(one, found.get(one.id, ()))} |\n"
            for one in faults
        ]
    return "".join(parts)


def _shown(fault: Fault, tests: Sequence[Proof]) -> str:
    by_file: dict[str, list[str]] = defaultdict(list)
    for one in tests:
        sentence = re.sub(r"_+", " ", one.test.removeprefix("test_"))
        if sentence not in by_file[one.file]:
            by_file[one.file].append(sentence)
    shown = [f"{file}: {'; '.join(sentences)}" for file, sentences in by_file.items()]
    if fault.open:
        shown.append(f"**{'open' if tests else 'not yet'}**: {fault.open}")
    elif not tests:
        shown.append("**not yet**")
    return "<br>".join(shown)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written")
