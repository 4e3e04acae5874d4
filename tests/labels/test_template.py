"""Templates: blanks are filled exactly, and every mistake is named with the way out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.elements.barcode import Barcode
from labels.elements.text import Text
from labels.label import Label
from labels.template import (
    TEXT_CHARS_MAX,
    Template,
    TemplateError,
    bind,
    harmless,
    load_template,
    parse_template,
    template_names,
)
from labels.words import Languages

SMALL = """
title_zh = "小"
title_en = "Small"
width_mm = 50
height_mm = 30
fields = [
  { name = "lot", title_zh = "批号", title_en = "Lot", sample = "L1", required = true },
  { name = "supplier", title_zh = "供应商", title_en = "Supplier", sample = "S" },
  { name = "measures", title_zh = "数量", title_en = "Quantity", sample = "(30)5", kind = "element_string" },
  { name = "way", title_zh = "方向", title_en = "Way", sample = "up", choices = { up = "↑", down = "↓" } },
]
[[elements]]
kind = "text"
text = ["{lot}", " from {supplier}", " {way}"]
x_mm = 1
y_mm = 1
width_mm = 48
height_mm = 5
size_mm = 4
[[elements]]
kind = "text"
text = "供应商"
when = ["supplier"]
x_mm = 1
y_mm = 7
width_mm = 48
height_mm = 5
size_mm = 4
[[elements]]
kind = "barcode"
symbology = "gs1_datamatrix"
content = ["(10){lot}", "{measures}"]
shorter = ["{measures}", ["(30)1", "{measures}"]]
x_mm = 1
y_mm = 13
width_mm = 15
height_mm = 15
"""


def small(old: str = "", new: str = "") -> Template:
    assert old in SMALL
    return parse_template("small", SMALL.replace(old, new) if old else SMALL)


def words(label: Label) -> list[str]:
    return [element.text for element in label.elements if isinstance(element, Text)]


def code(label: Label) -> Barcode:
    [found] = [element for element in label.elements if isinstance(element, Barcode)]
    return found


def test_blanks_are_filled_and_parts_with_an_empty_field_are_left_out():
    assert words(bind(small(), {"lot": "L42", "supplier": "华东", "way": "down"})) == [
        "L42 from 华东 ↓",
        "供应商",
    ]
    assert words(bind(small(), {"lot": "L42"})) == ["L42"]


def test_codes_are_filled_part_by_part_in_every_alternative():
    full = code(bind(small(), {"lot": "L42", "measures": "(30)7"}))
    assert (full.content, full.shorter) == ("(10)L42(30)7", ("(30)7", "(30)1(30)7"))
    bare = code(bind(small(), {"lot": "L42"}))
    assert (bare.content, bare.shorter) == ("(10)L42", ("(30)1",))


def test_an_element_stands_only_when_its_fields_are_there_or_unless_they_are():
    turned = small('when = ["supplier"]', 'unless = ["supplier"]')
    assert words(bind(turned, {"lot": "L42"})) == ["L42", "供应商"]
    assert words(bind(turned, {"lot": "L42", "supplier": "华东"})) == ["L42 from 华东"]


def test_a_condition_may_ask_for_values():
    asked = small('when = ["supplier"]', 'when = ["way=up|left", "supplier"]')
    assert words(bind(asked, {"lot": "L42", "supplier": "S", "way": "up"}))[1:] == ["供应商"]
    assert words(bind(asked, {"lot": "L42", "supplier": "S", "way": "down"}))[1:] == []
    turned = small('when = ["supplier"]', 'unless = ["way=up"]')
    assert words(bind(turned, {"lot": "L42", "way": "up"}))[1:] == []
    assert words(bind(turned, {"lot": "L42"}))[1:] == ["供应商"]


@pytest.mark.parametrize(
    ("languages", "said"),
    [("both", "批号 Lot 第 L1 批 lot L1"), ("zh-CN", "批号 第 L1 批"), ("en", "Lot lot L1")],
)
def test_a_label_speaks_chinese_english_or_both(languages: Languages, said: str):
    template = small('text = "供应商"\nwhen = ["supplier"]', 'text = "{批号|Lot} {第 {lot} 批|lot {lot}}"')
    assert words(bind(template, {"lot": "L1"}, languages))[1] == said


def test_words_meant_for_one_language_are_not_said_in_the_other():
    template = small('text = "供应商"\nwhen = ["supplier"]', 'text = "{lot}{ 件|}"')
    assert words(bind(template, {"lot": "7"}, "en"))[1] == "7"


@pytest.mark.parametrize(
    ("zh", "en", "languages", "said"),
    [
        ("纱", "yarn", "both", "纱 yarn"),
        ("纱", "yarn", "zh-CN", "纱"),
        ("纱", "yarn", "en", "yarn"),
        ("纱", "", "en", "纱"),
        ("", "yarn", "zh-CN", "yarn"),
        ("T-1", "T-1", "both", "T-1"),
    ],
)
def test_a_field_in_two_languages_is_one_and_each_stands_in_for_the_other(
    zh: str, en: str, languages: Languages, said: str
):
    declared = '{ name = "item_%s", title_zh = "品名", title_en = "Name", sample = "x" },'
    paired = SMALL.replace("fields = [", "fields = [" + declared % "zh" + declared % "en")
    template = parse_template(
        "small", paired.replace('text = "供应商"\nwhen = ["supplier"]', 'text = "{item}"')
    )
    assert words(bind(template, {"lot": "L", "item_zh": zh, "item_en": en}, languages))[1] == said


def test_the_languages_of_a_label_are_a_condition_like_any_other():
    both = small('when = ["supplier"]', 'when = ["languages=both"]')
    assert words(bind(both, {"lot": "L1"}))[1:] == ["供应商"]
    assert words(bind(both, {"lot": "L1"}, "en"))[1:] == []


def test_words_in_a_value_are_left_as_they_are():
    assert words(bind(small(), {"lot": "{a|b}"}, "en"))[0] == "{a|b}"


@pytest.mark.parametrize(
    ("given_words", "languages", "said"),
    [
        ("华东|Huadong", "both", "L1 from 华东 Huadong"),
        ("华东|Huadong", "zh-CN", "L1 from 华东"),
        ("华东|Huadong", "en", "L1 from Huadong"),
        ("华东|", "en", "L1 from 华东"),
        ("华东 Huadong", "en", "L1 from 华东 Huadong"),
        ("a|b|c", "en", "L1 from b|c"),
        ("{lot}|{lot}", "both", "L1 from {lot}"),
    ],
)
def test_words_given_in_both_languages_are_printed_in_those_wanted(
    given_words: str, languages: Languages, said: str
):
    supplier = 'title_en = "Supplier", sample = "S"'
    template = small(supplier, f'{supplier}, kind = "words"')
    assert words(bind(template, {"lot": "L1", "supplier": given_words}, languages))[0] == said


def test_a_choice_is_printed_in_the_languages_wanted():
    chosen = small('choices = { up = "↑", down = "↓" }', 'choices = { up = "{上|up}", down = "↓" }')
    assert words(bind(chosen, {"lot": "L", "way": "up"}, "zh-CN"))[0] == "L 上"
    assert words(bind(chosen, {"lot": "L", "way": "up"}))[0] == "L 上 up"


REPEATED = SMALL.replace(
    "fields = [",
    """fields = [
  { name = "size_#", title_zh = "尺码 #", title_en = "Size #", samples = ["S", "M"], repeat = 3 },""",
).replace(
    'text = "供应商"\nwhen = ["supplier"]\nx_mm = 1',
    'text = "#: {size_#}"\nwhen = ["size_#"]\nrepeat = { count = 3, across = 2, dx_mm = 20, dy_mm = 6 }\nx_mm = 1',
)


def test_what_stands_several_times_is_written_one_time():
    template = parse_template("repeated", REPEATED)
    assert [field.name for field in template.fields][:3] == ["size_1", "size_2", "size_3"]
    assert [(field.title_en, field.sample) for field in template.fields][:3] == [
        ("Size 1", "S"),
        ("Size 2", "M"),
        ("Size 3", ""),
    ]
    label = bind(template, {"lot": "L", "size_1": "S", "size_2": "M", "size_3": "L"})
    sizes = [(one.text, one.x_mm, one.y_mm) for one in label.elements if isinstance(one, Text)][1:]
    assert sizes == [("1: S", 1, 7), ("2: M", 21, 7), ("3: L", 1, 13)]
    assert words(bind(template, {"lot": "L", "size_2": "M"}))[1:] == ["2: M"]


@pytest.mark.parametrize(
    ("old", "new"), [("count = 3", "count = 0"), ("count = 3", "count = 99"), ("across", "accross")]
)
def test_a_repeat_that_is_none_is_refused_when_the_template_is_loaded(old: str, new: str):
    with pytest.raises(TemplateError, match=r"repeat|accross"):
        parse_template("repeated", REPEATED.replace(old, new))


def test_a_drawing_that_is_none_is_refused_by_the_name_of_its_field():
    drawn = (
        SMALL.replace(
            "fields = [",
            """fields = [
  { name = "sign", title_zh = "图形", title_en = "Sign", sample = "command_yes", kind = "drawing" },""",
        )
        .replace('kind = "text"\ntext = "供应商"', 'kind = "picture"\npicture = "{sign}"')
        .replace('size_mm = 4\n[[elements]]\nkind = "barcode"', '[[elements]]\nkind = "barcode"')
    )
    template = parse_template("drawn", drawn)
    with pytest.raises(
        TemplateError, match=r"'sign' .图形 Sign.: there is no drawing 'command_yess': did you mean"
    ):
        bind(template, {"lot": "L", "sign": "command_yess"})


def test_a_value_is_never_filled_again():
    assert words(bind(small(), {"lot": "{supplier}", "supplier": "X"}))[0] == "{supplier} from X"


def test_brackets_in_a_value_cannot_become_another_gs1_element():
    assert code(bind(small(), {"lot": "A(21)FALSE"})).content == "(10)A\\(21\\)FALSE"


@pytest.mark.parametrize(
    ("data", "words_of_it"),
    [
        ({}, "'lot' .批号 Lot.: missing"),
        ({"lot": "  "}, "'lot' .批号 Lot.: missing"),
        ({"lot": "L1", "suplier": "S"}, "no field 'suplier': did you mean 'supplier'"),
        ({"lot": "L1", "colour": "S"}, "no field 'colour': there are lot, supplier"),
        ({"lot": 7}, "must be text, not int"),
        ({"lot": "L1", "way": "upp"}, "'upp' is not a choice: did you mean 'up'"),
        ({"lot": "L1", "measures": "25"}, "not of the form"),
        ({"lot": "L1", "measures": "(30)5(10"}, "not of the form"),
    ],
)
def test_data_that_do_not_fit_are_refused_by_name(data: dict, words_of_it: str):
    with pytest.raises(TemplateError, match=words_of_it):
        bind(small(), data)


@pytest.mark.parametrize(
    ("old", "new", "words_of_it"),
    [
        ("{lot}", "{lott}", "element 0: there is no field 'lott': did you mean 'lot'"),
        ('when = ["supplier"]', 'when = ["supplyer"]', "did you mean 'supplier'"),
        ('when = ["supplier"]', 'unless = ["supplyer"]', "did you mean 'supplier'"),
        ('kind = "barcode"', 'kind = "barcod"', "did you mean 'barcode'"),
        ('"gs1_datamatrix"', '"gs1_datamatrx"', "did you mean 'gs1_datamatrix'"),
        ("size_mm = 4", "size = 4", "element 0 .text.*size"),
        ("width_mm = 50", 'width_mm = "50"', "width_mm"),
        ("height_mm = 30", "hight_mm = 30", "hight_mm"),
        ("title_zh", "title zh", "small"),
        ('when = ["supplier"]', 'when = ["supplyer=x"]', "did you mean 'supplier'"),
        ('when = ["supplier"]', 'when = ["language=en"]', "no field 'language'"),
        ('name = "supplier"', 'name = "languages"', "supplier|languages"),
        ('name = "supplier"', 'name = "lot"', "called the same"),
        (
            'symbology = "gs1_datamatrix"',
            'symbology = "gs1_datamatrix"\napplication = "retail"',
            "is not for 'retail'",
        ),
        ('kind = "barcode"', 'kind = "picture"\npicture = "washtub"', "no drawing 'washtub'"),
    ],
)
def test_a_mistake_in_a_template_shows_when_it_is_loaded(old: str, new: str, words_of_it: str):
    with pytest.raises(TemplateError, match=words_of_it):
        small(old, new)


def test_an_unknown_template_is_named_with_the_nearest_one():
    with pytest.raises(TemplateError, match="did you mean 'roll'"):
        load_template("rol")


@pytest.mark.parametrize(
    ("given_text", "made"),
    [
        ("^XZ~JA\\&", "^XZ~JA\\&"),
        ("a\tb\r\nc", "a b  c"),
        ("a\x00b\x1d\x7f", "a␀b␝␡"),
        ("a\u202eb\u200bc", "a�b�c"),
        ("a\ud800b", "a�b"),
        ("e\u0301\u3000纱", "é 纱"),
    ],
)
def test_texts_are_made_harmless_and_nothing_vanishes(given_text: str, made: str):
    assert harmless(given_text) == made


def test_an_endless_text_is_cut_and_the_label_knows_it():
    label = bind(small(), {"lot": "L1", "supplier": "长" * 4000})
    assert label.cut == ("长" * (TEXT_CHARS_MAX - 1) + "…",)
    assert len(words(label)[0]) < TEXT_CHARS_MAX + 20


@given(st.fixed_dictionaries({"lot": st.text(min_size=1)}, optional={"supplier": st.text()}))
def test_any_text_binds_unless_it_is_blank(data: dict[str, str]):
    if data["lot"].strip():
        assert all(text.isprintable() for text in words(bind(small(), data)))
    else:
        with pytest.raises(TemplateError):
            bind(small(), data)


@pytest.mark.parametrize("name", template_names())
def test_every_field_of_a_template_has_titles_and_is_used(name: str):
    template = load_template(name)
    used = str(template.elements)
    for field in template.fields:
        assert field.title_zh
        assert field.title_en
        assert field.sample
        pair = field.name.removesuffix("_zh").removesuffix("_en")
        assert {field.name, pair} & set(re.findall(r"[a-z][a-z0-9_]*", used))
