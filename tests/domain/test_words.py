"""The catalogue: complete, equal in both languages, and nothing the code says is without words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.barcode import ControlCommand
from domain.document import document_types
from domain.events.quality import InspectionResult
from domain.inspection import inspection_types
from domain.names import LANGUAGES, Language
from domain.place import PlaceRole
from domain.problem import refusal
from domain.words import (
    SPOKEN_CHARS_MAX,
    blanks,
    has_words,
    keys,
    speak,
    speak_problem,
    speak_quantity,
    speak_way_out,
)
from drivers.device import DeviceState
from drivers.job import JobState
from drivers.language import Condition
from drivers.scanner import GarbledReason
from kiosk.scales import ScaleState
from kiosk.store.errors import StoreFault

ROOT = Path(__file__).parents[2]
CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
KEY = re.compile(
    r"(problem|said|ask|field|button|choice|fact|role|element|label|device|garbled|command|screen|frame|right|help|page)"
    r"\.[a-zA-Z_]+(\.[a-zA-Z_]+)*"
)
SPOKEN_IN_TEMPLATES = re.compile(r'word\("([^"]+)"[,)]')
SAME_IN_BOTH = re.compile(r"[\d\W_]*|\{\w+\}[\W]*|NOAC.*", re.ASCII)


def sources() -> list[Path]:
    return [path for folder in ("domain", "kiosk", "hub") for path in sorted((ROOT / folder).rglob("*.py"))]


def raised() -> Iterator[tuple[str, dict[str | None, ast.expr]]]:
    """Yield every problem code that stands in the source as text, with the arguments it is raised with."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="refusal" | "question" | "fault" | "info"),
                    args=[ast.Constant(value=str(code)), *_],
                ):
                    yield code, {one.arg: one.value for one in node.keywords}
                case _:
                    pass


def keys_in_the_source() -> set[str]:
    found: set[str] = set()
    for path in sources():
        if "catalogue" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.fullmatch(node.value):
                found.add(node.value)
    for path in (ROOT / "kiosk").rglob("*.jinja"):
        found.update(SPOKEN_IN_TEMPLATES.findall(path.read_text(encoding="utf-8")))
    return {key for key in found if not key.endswith((".jinja", ".py", ".js", ".css", ".toml"))}


def declared_keys() -> set[str]:
    """Every key that follows from a closed vocabulary: fields, choices, roles, commands, states."""
    found = {f"role.{role}" for role in PlaceRole} | {f"command.{command.name}" for command in ControlCommand}
    found |= {f"label.state.{state}" for state in get_args(JobState)}
    found |= {f"device.printer.{condition}" for condition in Condition}
    found |= {f"device.{kind}.{state}" for kind in ("scanner", "scale") for state in get_args(DeviceState)}
    found |= {f"device.scale.{state}" for states in get_args(ScaleState) for state in get_args(states)}
    found |= {f"garbled.{reason}" for reason in get_args(GarbledReason)}
    for kind in document_types().values():
        found.add(f"document.{kind.code}")
        for field in (*kind.header, *kind.line):
            found |= {f"field.{field.name}", f"ask.{field.name}"}
            found |= {f"choice.{field.name}.{value}" for value in field.choices}
    found |= {f"quality.result.{result}" for result in get_args(InspectionResult)}
    for inspection in inspection_types().values():
        named = inspection.kind
        found |= {f"quality.inspection.{named}", f"ask.inspection.{named}", f"said.inspected.{named}"}
        found |= {f"field.{one.name}" for one in (*inspection.entries, *inspection.options)}
        if inspection.hold_reason:
            found |= {f"quality.{inspection.hold_reason}", f"said.inspected.{named}.held"}
    return found


def test_both_languages_have_the_same_keys():
    assert keys("zh-CN") == keys("en")
    assert len(keys("en")) > 300


def test_both_languages_have_the_same_blanks():
    unequal = {key for key in keys("en") if blanks("zh-CN", key) != blanks("en", key)}
    assert not unequal


def test_english_words_hold_no_chinese():
    assert not {key for key in keys("en") if CHINESE.search(speak("en", key))}


def test_chinese_words_are_chinese():
    untranslated = {
        key
        for key in keys("zh-CN")
        if not CHINESE.search(text := speak("zh-CN", key)) and text == speak("en", key) and len(text) > 1
        if not SAME_IN_BOTH.fullmatch(text.replace("⟦", "{").replace("⟧", "}"))
    }
    assert not untranslated


def test_every_problem_that_is_raised_has_words_and_a_way_out():
    said: set[str] = set()
    for code, given_arguments in raised():
        way_out = given_arguments.get("way_out")
        own = way_out.value if isinstance(way_out, ast.Constant) else f"{code}.way_out"
        said |= {f"problem.{code}", f"problem.{own}"}
    assert len(said) > 100
    assert not {key for key in said if not has_words(key)}


def test_every_fault_of_the_store_has_words_and_a_way_out():
    for code in get_args(StoreFault):
        assert has_words(f"problem.{code}"), code
        assert has_words(f"problem.{code}.way_out"), code
        assert not blanks("en", f"problem.{code}")


def test_every_blank_of_a_problem_is_filled_wherever_it_is_raised():
    unfilled = {
        (code, blank)
        for code, given_arguments in raised()
        for key in (f"problem.{code}", f"problem.{code}.way_out")
        for blank in blanks("en", key)
        if None not in given_arguments and blank not in given_arguments
    }
    assert not unfilled


def test_every_problem_with_words_has_a_way_out():
    problems = {key for key in keys("en") if key.startswith("problem.") and not key.endswith(".way_out")}
    assert not {key for key in problems if not has_words(f"{key}.way_out")}


def test_every_key_in_source_and_templates_has_words():
    assert not {key for key in keys_in_the_source() if not has_words(key)}


def test_every_closed_vocabulary_has_words():
    assert not {key for key in declared_keys() if not has_words(key)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_says_the_thing_the_rule_and_the_next_move(language: Language):
    problem = refusal("over_ceiling", order="PO-1", ordered="500 KGM", total="530.5 KGM", ceiling="5%")
    said = speak_problem(language, problem)
    assert "PO-1" in said
    assert "5%" in said
    assert speak_quantity(language, "530.5 KGM") in said
    assert "KGM" not in said
    assert "⟦" not in said + speak_way_out(language, problem)


def test_a_parameter_that_is_a_key_is_spoken():
    said = speak("en", "problem.place_not_fitting", place="A-01", role="role.scrap", field="field.target")
    assert said == "A-01 is scrap: it cannot be the To"


def test_a_parameter_is_never_taken_for_a_blank():
    assert "{name}" in speak("en", "said.signed_on", name="{name}")


def test_an_unknown_key_and_a_missing_parameter_are_marked():
    assert speak("en", "no.such.key") == "⟦no.such.key⟧"
    assert "⟦name⟧" in speak("zh-CN", "said.signed_on")


def test_a_sentence_never_fills_a_screen():
    assert len(speak("en", "said.signed_on", name="x" * 5_000)) == SPOKEN_CHARS_MAX


@given(key=st.text(), value=st.text())
def test_no_text_makes_speaking_raise(key: str, value: str):
    for language in LANGUAGES:
        assert isinstance(speak(language, key, name=value), str)
        assert value[:100] in speak(language, "said.signed_on", name=value) or has_words(value)
