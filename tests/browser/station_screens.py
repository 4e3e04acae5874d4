"""Screens of a shift at a production station, from the real loop: for the gallery and the browser tests."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.bundle import BundleSerial
from domain.handoff import Requirement, RequirementList
from domain.names import Language
from domain.wire import Change
from kiosk.own_pay import PayReport
from kiosk.screen import Screen
from kiosk.status import HubReport
from tests.own_pay import SHEET
from tests.sewing import (
    ASKED,
    ASKED_NEXT,
    BUNDLE,
    CHIEF,
    HEM,
    LINE_3,
    OVERLOCK,
    PEOPLE,
    SECOND,
    SIZES,
    WANG,
    ZHAO,
    cutting_changes,
    floor_changes,
    quality_changes,
    sewn,
    ticket,
)
from tests.terminal import Terminal
from tests.world import badge_code, unit_code

KINDS = ("patrol", "end_line", "first_piece", "final", "fabric", "needle")
DONE, HELP = control_code(ControlCommand.DONE), control_code(ControlCommand.HELP)
CHINESE: Mapping[str, tuple[Requirement, ...]] = {
    "OVERLOCK>HEM/3": (
        Requirement(
            item="线头", criterion="剪至 3 毫米", method="目测", limit="不得超过 5 毫米", is_critical=True
        ),
        Requirement(item="缝迹", criterion="不得跳针", method="拉伸"),
    ),
    "HEM>BUTTON/1": (
        Requirement(item="下摆高度", criterion="25 毫米", method="量具", limit="±2 毫米", is_critical=True),
    ),
}


class _Shift:
    """Takes a picture of the screen as it is, under a name."""

    def __init__(self, folder: Path, language: Language, more: Sequence[Change] = ()) -> None:
        self.terminal = Terminal(folder, more=[*_told(language), *more], has_camera=True)
        self.language = language
        self.shown: dict[str, Screen] = {}
        self.terminal.loop.step(HubReport(state="online", contact=self.terminal.clock.now()))

    def take(self, name: str) -> None:
        screen = self.terminal.screen
        names = WANG.names if screen.frame.operator else None
        devices = tuple(replace(one, is_ready=True, says=None) for one in screen.frame.devices)
        framed = replace(
            screen.frame,
            language=self.language,
            operator=screen.frame.operator or names,
            devices=devices,
            alarms=(),
        )
        self.shown[name] = replace(screen, frame=framed)

    def scans(self, *codes: str, name: str = "") -> None:
        self.terminal.scans(*codes, apart_s=7)
        if name:
            self.take(name)

    def touches(self, *actions: str, name: str = "") -> None:
        """Touch one after the other; what follows a colon is the value."""
        for action in actions:
            self.terminal.touches(*action.split(":", 1))
        if name:
            self.take(name)


def _told(language: Language) -> list[Change]:
    bundles = (sewn(), sewn(SECOND), sewn(replace(BUNDLE, serial=BundleSerial("C101000003"), size="XL")))

    def change(kind: str, key: str, body: msgspec.Struct) -> Change:
        return Change(kind=kind, key=key, body=msgspec.to_builtins(body))

    lists: Mapping[str, RequirementList] = {"OVERLOCK>HEM/3": ASKED, "HEM>BUTTON/1": ASKED_NEXT}
    spoken = CHINESE if language == "zh-CN" else {}
    return [
        *floor_changes(*bundles, station=LINE_3),
        *(change("person", one.number, replace(one, language=language)) for one in PEOPLE),
        *(
            change("requirement_list", key, replace(lists[key], requirements=rows))
            for key, rows in spoken.items()
        ),
    ]


@cache
def station_screens(language: Language) -> Mapping[str, Screen]:
    """Return every screen of a production station by its name, in reading order."""
    with tempfile.TemporaryDirectory() as folder:
        shift = _Shift(Path(folder) / "one", language)
        try:
            _work(shift)
            _judge(shift)
            _change(shift)
        finally:
            shift.terminal.close()
        several = replace(LINE_3, operations=(OVERLOCK, HEM))
        told = [Change(kind="station", key="K1", body=msgspec.to_builtins(several))]
        choosing = _Shift(Path(folder) / "two", language, told)
        choosing.scans(badge_code(WANG), name="station_choose")
        choosing.terminal.close()
        table = _Shift(Path(folder) / "three", language, cutting_changes())
        _cut(table)
        table.terminal.close()
        chief = replace(CHIEF, language=language)
        speaking = _Shift(Path(folder) / "four", language, quality_changes(chief))
        _say(speaking)
        speaking.terminal.close()
        inspector = _Shift(Path(folder) / "five", language, _inspected())
        _inspect(inspector)
        inspector.terminal.close()
        own = _Shift(Path(folder) / "six", language)
        _look_at_pay(own)
        own.terminal.close()
    told = {**table.shown, **speaking.shown, **inspector.shown, **own.shown}
    return {**shift.shown, **choosing.shown, **told}


def _inspected() -> list[Change]:
    """Return an inspector's station, and the rolls it looks at."""
    told = [one for one in cutting_changes() if one.kind == "balance"]
    named = replace(LINE_3, inspections=KINDS)
    return [*told, Change(kind="station", key="K1", body=msgspec.to_builtins(named))]


def _inspect(inspector: _Shift) -> None:
    first, second = ticket(BUNDLE), ticket(SECOND)
    inspector.scans(badge_code(WANG))
    inspector.touches("inspection", name="inspection_kinds")
    inspector.touches("inspection_kind:patrol", name="inspection_patrol_empty")
    inspector.scans(first)
    inspector.touches("defect:oil", name="inspection_patrol_yellow")
    inspector.touches("defect:skipped_stitch", name="inspection_patrol_red")
    inspector.scans(DONE, name="inspection_held")
    inspector.touches("acknowledge", "other_kind", "inspection_kind:end_line")
    inspector.scans(first)
    inspector.touches("defect:hem_wavy", "defect:hem_wavy")
    inspector.scans(second, name="inspection_end_line")
    inspector.touches("tile:defective", "pad_key:2", name="inspection_pad")
    inspector.touches(
        "overlay_done", "record", "other_kind", "inspection_kind:final", name="inspection_order"
    )
    inspector.touches("inspection_order:WO-2026-0412", "tile:lot_size", *(f"pad_key:{one}" for one in "1200"))
    inspector.touches("overlay_done", "tile:major", "pad_key:6", "overlay_done", name="inspection_final")
    inspector.touches("record", "acknowledge", "other_kind", "inspection_kind:fabric")
    inspector.scans(unit_code("R0001"))
    for field, digits in {"length_m": "86.5", "width_cm": "152"}.items():
        inspector.touches(f"tile:{field}", *(f"pad_key:{one}" for one in digits), "overlay_done")
    inspector.touches(*(f"defect:{one}" for one in "1124114"), name="inspection_fabric")
    inspector.touches("record", "other_kind", "inspection_kind:needle")
    inspector.scans(second)
    inspector.touches("option:fragments:no", name="inspection_needle")


def _work(shift: _Shift) -> None:
    first, second = ticket(BUNDLE), ticket(SECOND)
    shift.scans(badge_code(WANG), name="station_empty")
    shift.scans(first, name="station_started")
    shift.scans(HELP, name="station_help")
    shift.scans(badge_code(ZHAO), DONE, name="station_not_on_job")
    shift.touches("acknowledge", name="station_other_person")
    shift.scans(second, badge_code(WANG))
    shift.touches("select_work:S301W000001", "count", "tile:seconds", "pad_key:2", name="count_pad")
    shift.touches("overlay_done", "defect:hem_wavy", "defect:hem_wavy", name="count")
    shift.scans(DONE, name="station_finished")
    shift.scans(first, name="station_done_already")
    shift.touches("acknowledge", "select_work:S301W000002", "take_over", name="crew_pad")
    shift.touches("pad_key:5", "overlay_done", "pause", name="station_pause")
    shift.touches("pick:machine", name="station_paused")
    shift.touches("calls", "call:mechanic", "call:material", "came:S301C000001", name="call")
    shift.touches("break", name="station_break")
    shift.touches("resume_station", "resume", "finish")


def _cut(table: _Shift) -> None:
    table.scans(badge_code(WANG))
    table.touches("lay", name="cutting_order")
    table.touches(f"lay_order:{SIZES.number}", "lay_colour:navy")
    for field, digits in {"lay_length": "480", "bundle_pieces": "20", "size.M": "1", "size.L": "2"}.items():
        table.touches(f"tile:{field}", *(f"pad_key:{one}" for one in digits), "overlay_done")
    table.scans(unit_code("R0001"), name="cutting_plies")
    table.touches("pad_key:1", "pad_key:5", "overlay_done")
    table.scans(unit_code("R0002"))
    table.touches("pad_key:1", "pad_key:0", "overlay_done", name="cutting")
    table.touches("lay_cut", name="cutting_done")


def _judge(shift: _Shift) -> None:
    third = ticket(replace(BUNDLE, serial=BundleSerial("C101000003")))
    shift.touches("verdict", name="handoff_empty")
    shift.scans(third)
    shift.touches(
        "rate:D", "defect:skipped_stitch", "defect:oil", "damaged", "reason", "pick:late", name="handoff"
    )
    shift.touches("judge:concession", name="handoff_concession")
    shift.touches("judge:part", name="handoff_part")


def _change(shift: _Shift) -> None:
    part = BundleSerial("S301000001")
    shift.touches("finish", "tickets")
    shift.scans(ticket(replace(BUNDLE, serial=part)), name="tickets_one")
    shift.touches("renew", name="tickets_reason")
    shift.touches("overlay_close", "split", "pad_key:8", name="tickets_split")
    shift.touches("overlay_done", "tickets")
    shift.scans(
        *(ticket(replace(BUNDLE, serial=BundleSerial(f"S30100000{n}"))) for n in (3, 4)), name="tickets_two"
    )


def _say(shift: _Shift) -> None:
    shift.scans(badge_code(CHIEF))
    shift.touches("say", name="say")
    shift.touches("statement:quality_ticket")
    shift.scans(ticket(BUNDLE))
    shift.touches("told:OVERLOCK", "defect:oil", "defect:oil", name="say_ticket")
    shift.touches("leave_draft", "say", "statement:hold")
    shift.scans(ticket(SECOND), name="say_hold")
    shift.touches("told:shade", "told:shade", "say_it", name="say_held")
    shift.touches("say", "statement:lift", name="say_lift")
    shift.touches("leave_draft", "say", "statement:voice", "told:complaint", "told:LINE-2", name="say_voice")
    shift.touches("leave_draft", "say", "statement:voice_answer", name="say_answer")
    shift.touches("leave_draft", "say", "statement:unit_rating", "told:LINE-2", "told:2026-11")
    shift.take("say_rating")
    shift.touches("leave_draft", "say", "statement:questionnaire", "told:LINE-2", "told:2026-11", "told:4")
    shift.take("say_questions")
    shift.touches("leave_draft", "say", "statement:goods_sent")
    shift.scans(ticket(BUNDLE), ticket(SECOND), name="say_sent")
    shift.touches("leave_draft", "say", "statement:lift", "told:S301H000001", "told:looked_at", "say_it")
    shift.touches("verdict")
    shift.scans(ticket(BUNDLE))
    shift.touches("defect:oil", "judge:reject", name="handoff_rejected")
    shift.touches("open_ticket", name="ticket_opened")
    shift.touches("home", name="station_home")


def _look_at_pay(own: _Shift) -> None:
    own.scans(badge_code(WANG), ticket(BUNDLE), DONE)
    own.touches("pay", name="pay_asking")
    own.terminal.takes(PayReport(person=WANG.number))
    own.take("pay_away")
    own.touches("leave_draft", "pay")
    own.terminal.takes(PayReport(person=WANG.number, sheet=SHEET))
    own.take("pay")
    own.touches("pay_line:S301W000003", name="pay_answered")
    own.touches("pay_line:S301W000006", "contest", name="pay_contest")
    own.touches("pick:back", name="pay_contested")
