"""A plant's own template stands in for the shipped one only where kiosks can print by it."""

import inspect
import io
import re
from importlib import import_module, resources

import pytest
from PIL import Image

from domain.words import has_words
from labels import toml_fault as toml_fault_module
from labels.drawing import PictureError, import_picture, stored_picture
from labels.own_template import fault_of, own_template
from labels.template import TemplateError, template_names


def shipped(name: str) -> str:
    return (resources.files("labels") / "templates" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", template_names())
def test_every_shipped_template_could_be_a_plants_own(name: str):
    assert fault_of(name, shipped(name)) is None


def test_a_name_that_no_label_has_is_refused_with_the_names_there_are():
    fault = fault_of("badgee", shipped("badge"))
    assert fault is not None
    assert fault.code == "no_such"
    assert "badge" in fault.detail


def test_a_line_that_is_no_toml_is_named():
    lines = shipped("badge").splitlines()
    lines[2] = "width_mm = = 3"
    fault = fault_of("badge", "\n".join(lines))
    assert fault is not None
    assert (fault.code, fault.line) == ("not_toml", 3)


def test_a_field_that_kiosks_fill_in_must_stay_declared():
    text = shipped("badge").replace("employee_number", "employee")
    fault = fault_of("badge", text)
    assert fault is not None
    assert (fault.code, fault.subject) == ("field_gone", "employee_number")
    with pytest.raises(TemplateError, match="employee_number"):
        own_template("badge", text)


def test_a_field_that_kiosks_know_nothing_of_may_be_there_but_not_be_required():
    more = (
        'fields = [{{ name = "motto", title_zh = "口号", title_en = "Motto", sample = "!", required = {} }},'
    )
    assert fault_of("badge", shipped("badge").replace("fields = [", more.format("false"))) is None
    fault = fault_of("badge", shipped("badge").replace("fields = [", more.format("true")))
    assert fault is not None
    assert (fault.code, fault.subject) == ("field_needed", "motto")


def test_a_label_whose_code_does_not_fit_is_refused_before_anybody_prints_it():
    more = (
        '\n[[elements]]\nkind = "barcode"\nsymbology = "code128"\ncontent = "0123456789ABCDEF0123456789"\n'
        "x_mm = 2\ny_mm = 2\nwidth_mm = 12\nheight_mm = 6\n"
    )
    fault = fault_of("badge", shipped("badge") + more)
    assert fault is not None
    assert fault.code == "not_fit"
    assert fault.finding is not None
    assert fault.finding.stops_printing


@pytest.mark.parametrize("size", ["99999999999999", "1e12", "inf", "nan", "-1e9"])
@pytest.mark.parametrize("line", ["width_mm = 86", "height_mm = 15.5", "size_mm = 10", "module_mm = 0.75"])
def test_a_number_that_would_take_all_memory_is_refused_before_anything_is_drawn(line: str, size: str):
    text = shipped("badge").replace(line, f"{line.partition(' ')[0]} = {size}", 1)
    fault = fault_of("badge", text)
    assert fault is not None
    assert fault.code == "not_a_template"


@pytest.mark.parametrize(
    "line", ["when = 5", "unless = [1]", "when = [{}]", 'repeat = "x"', "lines_max = [1]"]
)
def test_a_value_of_the_wrong_kind_is_refused_in_a_sentence(line: str):
    fault = fault_of("badge", shipped("badge").replace("bold = true", line, 1))
    assert fault is not None
    assert fault.code == "not_a_template"


def test_a_picture_is_made_as_small_as_the_room_that_is_left():
    file = io.BytesIO()
    Image.effect_noise((900, 500), 80).save(file, format="PNG")
    large, small = import_picture(file.getvalue()), import_picture(file.getvalue(), 20_000)
    assert len(small) <= 20_000 < len(large)
    assert stored_picture(small).width > 48
    with pytest.raises(PictureError, match="no room"):
        import_picture(file.getvalue(), 500)


@pytest.mark.parametrize(
    ("wrong", "mistake", "column"),
    [
        ("width_mm = = 3", "value", 12),
        ("width_mm = 三", "value", 12),
        ("width_mm 3", "equals", 10),
        ("= 3", "name", 1),
        ("[pictures", "bracket", 10),
        ("at = [1, 2", "bracket", 0),
        ('title_zh = "员工卡', "quote", 0),
        ('title_zh = "C:\\员工"', "backslash", 0),
        ("height_mm = 4\nheight_mm = 5", "twice", 0),
        ("width_mm = 3 mm", "line_end", 14),
        ('a = "\x01"', "character", 0),
    ],
)
def test_each_mistake_in_a_line_is_told_apart_with_its_place(wrong: str, mistake: str, column: int):
    fault = fault_of("badge", f'title_en = "Badge"\n{wrong}\n')
    assert fault is not None
    assert (fault.code, fault.mistake) == ("not_toml", mistake)
    assert fault.line >= 2
    assert fault.column == column or not column
    assert "at line" not in fault.detail
    assert has_words(f"label_template.toml.{mistake}")


def test_every_sentence_of_the_parser_is_known():
    said = re.findall(
        r'suffixed_err\(\s*src,\s*\w*pos,\s*f?"([^{"\\]+)',
        inspect.getsource(import_module("tomllib._parser")),
    )
    assert len(said) > 20
    begins = tuple(one for one, _ in toml_fault_module.BEGINNINGS)
    assert [one for one in said if not one.startswith(begins) and one != "Expected "] == []
