"""Labels are looked at before a byte goes out: what is not fit is refused, and says in the print queue what to do."""

from datetime import UTC, datetime
from importlib import resources

import pytest
from msgspec.structs import replace

from domain.events.labels import LabelRequested
from domain.media import Media
from drivers.errors import LanguageError, RenderError
from drivers.job import Job, JobState
from drivers.printer import Printer, open_printer
from kiosk.devices import media_of, render_label
from kiosk.label_queue_view import row_of
from kiosk.screen import Words
from kiosk.settings import LabelTable
from kiosk.store.jobs import LabelBatch, LabelJob
from labels.template import load_template

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def printer(profile: str = "zpl_203") -> Printer:
    return open_printer({"name": "door", "profile": profile, "address": "tcp://127.0.0.1:9"})


def job(template: str, **data: str) -> Job:
    return Job(
        job_id="K1.1",
        printer="door",
        template=template,
        data={**load_template(template).samples, **data},
        created=NOW,
    )


@pytest.mark.parametrize("profile", ["zpl_203", "zpl_300"])
def test_a_label_that_is_fit_becomes_bytes(profile: str):
    assert render_label(job("bundle_ticket"), printer(profile), LabelTable())


def test_a_label_speaks_what_the_plant_chose():
    both = render_label(job("badge"), printer(), LabelTable())
    assert render_label(job("badge"), printer(), LabelTable(languages="en")) != both


def test_a_label_whose_code_does_not_fit_is_refused_before_the_first_byte():
    with pytest.raises(RenderError) as refused:
        render_label(job("bundle_ticket", code="Z" * 60), printer(), LabelTable())
    assert refused.value.detail == f"preflight.code_does_not_fit {'Z' * 60}"
    assert "code_does_not_fit" in str(refused.value)


def test_clean_dots_satisfy_the_strictest_plant():
    assert render_label(job("bundle_ticket"), printer(), LabelTable(grade_min=4.0))


def test_data_that_do_not_fit_their_template_are_refused_in_a_sentence():
    with pytest.raises(RenderError) as refused:
        render_label(job("bundle_ticket", lto="1"), printer(), LabelTable())
    assert refused.value.detail == str(refused.value)
    assert "no field 'lto'" in refused.value.detail


def queued(state: JobState, detail: str) -> LabelBatch:
    wanted = LabelRequested(job="K1.1", template="place", data={"barcode": "ZPA0302K"}, serial="A-03-02")
    label = LabelJob(requested=wanted, state=state, detail=detail, created=NOW)
    return LabelBatch(first=label, counts={state: 1}, detail=detail)


def test_the_print_queue_says_why_a_label_was_refused_and_what_to_do():
    row = row_of(queued("failed", "preflight.code_does_not_fit ZPA0302K"))
    assert row.why is not None
    assert row.way_out is not None
    assert (row.why.key, row.why.parameters) == ("preflight.code_does_not_fit", {"subject": "ZPA0302K"})
    assert row.way_out.key == "preflight.code_does_not_fit.way_out"


@pytest.mark.parametrize(
    "detail", ["", "could not draw a label on door: no field 'lto'; correct it", "preflight.none x"]
)
def test_a_failure_without_words_of_its_own_is_shown_as_before(detail: str):
    row = row_of(queued("failed", detail))
    assert (row.why, row.way_out, row.detail) == (None, None, "A-03-02")


def test_a_held_label_says_what_the_printer_lacks():
    assert row_of(queued("held", "paper_out")).detail == "paper_out"


@pytest.mark.fault("P6")
def test_a_label_larger_than_the_printer_prints_says_so_before_a_byte_is_sent():
    with pytest.raises(LanguageError) as refused:
        render_label(job("command_sheet"), printer("escpos_80"), LabelTable())
    assert refused.value.detail == "printer.label_too_large 100x150"
    row = row_of(queued("failed", refused.value.detail))
    assert row.why == Words(key="printer.label_too_large", parameters={"subject": "100x150"})
    assert row.way_out == Words(key="printer.label_too_large.way_out")


def test_the_size_of_a_label_is_that_of_its_template_the_plants_own_too():
    assert media_of(job("bundle_ticket")) == Media(width_mm=70, length_mm=50)
    shipped = resources.files("labels") / "templates" / "bundle_ticket.toml"
    own = shipped.read_text(encoding="utf-8").replace("width_mm = 70", "width_mm = 80", 1)
    assert media_of(job("bundle_ticket"), own) == Media(width_mm=80, length_mm=50)
    assert media_of(replace(job("bundle_ticket"), template="none")) is None
