"""Problems: plain values that travel and compare."""

import msgspec
import pytest

from domain.problem import PARAMETER_CHARS_MAX, Problem, Severity, fault, info, question, refusal


@pytest.mark.parametrize(
    ("make", "severity"),
    [
        (info, Severity.info),
        (question, Severity.question),
        (refusal, Severity.refusal),
        (fault, Severity.fault),
    ],
)
def test_each_maker_gives_its_severity_and_texts(make, severity: Severity):
    problem = make("over_plan", planned=12, unit="KGM")
    assert (problem.code, problem.severity) == ("over_plan", severity)
    assert problem.parameters == {"planned": "12", "unit": "KGM"}


def test_the_way_out_is_the_codes_own_unless_given():
    assert refusal("over_plan").way_out == "over_plan.way_out"
    assert refusal("over_plan", way_out="ask_the_keeper").way_out == "ask_the_keeper"


def test_a_problem_survives_the_wire_unchanged():
    problem = refusal("unreadable_code", format="house", code="ZPA")
    assert msgspec.json.decode(msgspec.json.encode(problem), type=Problem) == problem


def test_equal_problems_are_one_in_a_set_and_others_are_not():
    assert (
        len({refusal("a", x=1, y=2), refusal("a", y=2, x=1), refusal("a", x=2), question("a", x=1, y=2)}) == 3
    )


def test_a_long_parameter_is_cut_and_shows_it():
    text = refusal("a", code="7" * 4000).parameters["code"]
    assert len(text) == PARAMETER_CHARS_MAX
    assert text.endswith("7…")
    assert refusal("a", code="7" * PARAMETER_CHARS_MAX).parameters["code"] == "7" * PARAMETER_CHARS_MAX


def test_control_characters_of_a_code_are_seen_in_the_sentence_and_do_nothing():
    problem = refusal("a", code="10L1\x1d241F-2041\x1b[2J\x7f\x9b 布\u3000")
    assert problem.parameters["code"] == "10L1·241F-2041·[2J·· 布\u3000"
