"""Survey questions 满意度调查问题: what the customers of a line or workshop are asked each month."""

from domain.questionnaire import SurveyQuestion
from hub.field_kind import CODES
from hub.object import Field, ObjectType
from hub.object_fields import NAMED, REMARK_FIELD


class SurveyQuestionRecord(SurveyQuestion, frozen=True, kw_only=True, omit_defaults=True):
    """A question as the office keeps it."""

    remark: str = ""


OBJECT = ObjectType(
    name="survey_questions",
    group="production",
    kind="survey_question",
    form=SurveyQuestionRecord,
    fields=(
        *NAMED,
        Field(name="units", kind=CODES, headers=("产线或车间", "lines or workshops"), is_listed=True),
        REMARK_FIELD,
    ),
)
