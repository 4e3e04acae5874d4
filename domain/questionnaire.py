"""The questionnaire of a customer 下道工序顾客满意度调查表: what a unit asks of those it works for, each 1 to 5."""

from msgspec import Struct

from domain.names import Names

QUESTIONS = ("quality", "counts", "on_time", "answers", "help")
"""What is asked where the plant declares no questions, in this order; the words are `field.question_<code>`."""
POINTS_MAX = 5
"""The best answer; the worst is 1."""


class SurveyQuestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A question a plant declares. `units`: whose customers are asked; those of every unit where none is named."""

    code: str
    names: Names
    units: tuple[str, ...] = ()
    disabled: bool = False
