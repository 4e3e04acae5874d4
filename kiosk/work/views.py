"""What the screens of a production station show: plain data, drawn by `screens/<tag>/view.jinja`."""

from typing import Literal

from msgspec import Struct

from domain.names import Names
from kiosk.parts import Button, Choice, Words


class RequirementView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a check list. `how` is the method and the limit."""

    item: str
    criterion: str
    how: str = ""
    is_critical: bool = False


class CheckListView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one operation asks of another: on arrival what we ask, at the finish what the next one asks."""

    title: Words
    rows: tuple[RequirementView, ...]


class BundleCard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A bundle in hand. `state` and `people` are its job's; `from_whom`: who handed it over, and at which operation."""

    bundle: str
    order: str
    style: str
    colour: str
    size: str
    pieces: int
    component: str = ""
    shade: str = ""
    state: Words | None = None
    is_paused: bool = False
    people: str = ""
    since: str = ""
    from_whom: tuple[Words, ...] = ()


class StationView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="station"):
    """The station: the job in hand, others at work here, and what can be done now.

    `choices`: the operations to choose from, where none is chosen. `stopped`: why the station stands still.
    """

    asks: Words
    operation: Names = Names()
    unit: str = ""
    card: BundleCard | None = None
    lists: tuple[CheckListView, ...] = ()
    jobs: tuple[Choice, ...] = ()
    choices: tuple[Button, ...] = ()
    pieces_today: int = 0
    stopped: Words | None = None
    calls: tuple[Words, ...] = ()
    tools: tuple[Button, ...] = ()
    buttons: tuple[Button, ...] = ()


class CountTile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number of pieces. `field` opens the number pad; a tile without one is worked out."""

    label: Words
    pieces: int
    field: str = ""
    is_wrong: bool = False


class CountView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="count"):
    """Finishing with counts: what became of each piece, and what was wrong with those that are not good."""

    asks: Words
    card: BundleCard
    tiles: tuple[CountTile, ...]
    defects: tuple[Choice, ...]
    lists: tuple[CheckListView, ...] = ()
    buttons: tuple[Button, ...] = ()


class PhotosView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The photos of what is being told, by their digests; `can_take`: one more can be taken."""

    photos: tuple[str, ...] = ()
    can_take: bool = False


class HandoffView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="handoff"):
    """The customer's verdict on goods of the operation before: one touch for each verdict."""

    asks: Words
    card: BundleCard | None = None
    befores: tuple[Button, ...] = ()
    tiles: tuple[CountTile, ...] = ()
    ratings: tuple[Button, ...] = ()
    rating: str = ""
    facts: tuple[Button, ...] = ()
    defects: tuple[Choice, ...] = ()
    photos: PhotosView | None = None
    buttons: tuple[Button, ...] = ()


class RemakeView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="remake"):
    """Tickets in hand: one to print again or to split, several to put together."""

    asks: Words
    cards: tuple[BundleCard, ...] = ()
    buttons: tuple[Button, ...] = ()


class LayView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="cutting"):
    """A lay that is spread: its order and colour, how it is bundled, its rolls, and what it comes to."""

    asks: Words
    order: str = ""
    style: str = ""
    colour: str = ""
    choices: tuple[Choice, ...] = ()
    tiles: tuple[CountTile, ...] = ()
    sizes: tuple[CountTile, ...] = ()
    sums: tuple[CountTile, ...] = ()
    rolls: tuple[Choice, ...] = ()
    buttons: tuple[Button, ...] = ()


class NumberTile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number of an inspection, ready to read. `field` opens the number pad; a tile without one is worked out."""

    label: Words
    value: str
    field: str = ""
    is_missing: bool = False


class OptionRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One of several to choose by touch; `chosen` is the value that holds."""

    label: Words
    buttons: tuple[Button, ...]
    chosen: str = ""


class InspectionView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="inspection"):
    """An inspection in hand: what is looked at, the numbers, the defects, and what it comes to so far.

    `kinds`: those to choose from, where none is. `choices`: orders or operations to choose from. `is_by_points`: each
    of `marks` is points a defect costs. `result`: as it would be recorded now, and its words.
    """

    asks: Words
    kind: Words | None = None
    kinds: tuple[Button, ...] = ()
    name: str = ""
    facts: tuple[Words, ...] = ()
    card: BundleCard | None = None
    choices: tuple[Choice, ...] = ()
    tiles: tuple[NumberTile, ...] = ()
    figures: tuple[NumberTile, ...] = ()
    options: tuple[OptionRow, ...] = ()
    is_by_points: bool = False
    marks: tuple[Choice, ...] = ()
    result: str = ""
    says: Words | None = None
    today: tuple[NumberTile, ...] = ()
    buttons: tuple[Button, ...] = ()


class CallView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="call"):
    """Call somebody, and say that the station stands still."""

    asks: Words
    kinds: tuple[Button, ...]
    calls: tuple[Choice, ...] = ()
    stops: tuple[Button, ...] = ()
    stopped: Words | None = None


class BlankView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One blank of a statement. `is_next`: the screen asks for it."""

    field: str
    label: Words
    value: str = ""
    is_next: bool = False
    is_needed: bool = True


class StatementView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="statement"):
    """Something is said: what can be (`kinds`), or its blanks and what fills the one asked for.

    `list` names what the choices are for; `can_type`: how it can be filled besides.
    """

    asks: Words
    kinds: tuple[Choice, ...] = ()
    title: Words | None = None
    icon: str = ""
    card: BundleCard | None = None
    blanks: tuple[BlankView, ...] = ()
    choosing: Words | None = None
    list: str = ""
    choices: tuple[Choice, ...] = ()
    can_type: str = ""
    photos: PhotosView | None = None
    buttons: tuple[Button, ...] = ()


class PayRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Pieces of one operation. `back`: taken back; `waiting`: not paid yet; `amount` is empty where it is not seen."""

    operation: str
    pieces: int
    back: int = 0
    waiting: int = 0
    seconds: int = 0
    amount: str = ""


class PayBonusView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One bonus: what was measured, and the percent of the base it is worth."""

    name: str
    says: Words
    measured: str
    percent: str
    amount: str


class PayCard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of pay: a bundle at an operation. `answer`, `pieces_more`: what came of contesting it."""

    bundle: str
    operation: str
    day: str
    pieces: int
    back: int = 0
    unpriced: int = 0
    amount: str = ""
    is_contested: bool = False
    reason: str = ""
    answer: str = ""
    pieces_more: int = 0


class PayView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="pay"):
    """One's own pay. `state`: locked until it is proven who looks; `away`: the hub is, and only this kiosk is known.

    `pieces_here`: good pieces counted at this kiosk today. `as_of`: when the hub said it.
    """

    asks: Words
    state: Literal["locked", "asking", "away", "here"]
    pieces_here: int = 0
    period: str = ""
    as_of: str = ""
    today: tuple[PayRow, ...] = ()
    month: tuple[PayRow, ...] = ()
    pieces_today: int = 0
    pieces_month: int = 0
    total: str = ""
    bonuses: tuple[PayBonusView, ...] = ()
    entries: tuple[Choice, ...] = ()
    card: PayCard | None = None
    buttons: tuple[Button, ...] = ()
