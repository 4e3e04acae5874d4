"""The command sheet 命令表: every command card on one page, for a station, or for a person at it.

Its fields are those of the template `labels/templates/command_sheet.toml`.
"""

from domain.barcode import ControlCommand
from domain.barcodes.house import control_code
from domain.events.labels import LabelRequested
from domain.place import Station
from domain.staff import Person
from domain.words import speak

TEMPLATE = "command_sheet"

# In the order of the sheet. QUANTITY is not among them: its card names a number, and each number is a card of its own.
COMMANDS = (
    ControlCommand.DONE,
    ControlCommand.UNDO,
    ControlCommand.YES,
    ControlCommand.NO,
    ControlCommand.ACCEPT,
    ControlCommand.REJECT,
    ControlCommand.BREAK,
    ControlCommand.HELP,
    ControlCommand.PRINT,
    ControlCommand.HOME,
)


def command_sheet(station: Station, person: Person | None, job: str) -> LabelRequested:
    """Ask for the sheet of a station, by the name of its print job. `person`: whose it is, if it is somebody's own."""
    data = {"station_zh": station.names.zh, "station_en": station.names.en}
    if person is not None:
        data |= {"person_zh": person.names.zh, "person_en": person.names.en, "number": person.number}
    for number, command in enumerate(COMMANDS, 1):
        data |= {
            f"word_{number}_zh": speak("zh-CN", f"command.{command.name}"),
            f"word_{number}_en": speak("en", f"command.{command.name}"),
            f"hint_{number}_zh": speak("zh-CN", f"command.{command.name}.hint"),
            f"hint_{number}_en": speak("en", f"command.{command.name}.hint"),
            f"picture_{number}": f"command_{command.name.lower()}",
            f"barcode_{number}": control_code(command),
        }
    return LabelRequested(job=job, template=TEMPLATE, data=data)
