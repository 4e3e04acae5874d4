"""What the screens of labels show: the print queue, and the first label of a batch."""

from msgspec import Struct

from kiosk.parts import Button, Words


class LabelJobView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One label of the print queue or of the past, or several that were asked for together.

    `progress`: how many of these came out. `detail`: why they wait, or whose label it is.
    """

    job: str
    title: str
    state: Words
    time: str
    is_open: bool = False
    progress: Words | None = None
    detail: str = ""
    why: Words | None = None
    way_out: Words | None = None


class ReprintView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="reprint"):
    """The print queue and the latest labels; a reprint asks for its reason and is logged.

    `range`: which labels of a batch are chosen.
    """

    asks: Words
    jobs: tuple[LabelJobView, ...] = ()
    reasons: tuple[Button, ...] = ()
    selected: str = ""
    range: Words | None = None
    buttons: tuple[Button, ...] = ()


class FirstLabelView(Struct, frozen=True, kw_only=True, omit_defaults=True, tag="first_label"):
    """The first label of a batch is asked for: which it is, what became of it, and how many wait for it.

    `reasons`: why the rest goes out without it, while that is asked.
    """

    asks: Words
    rest: Words
    title: Words | None = None
    label: str = ""
    state: Words | None = None
    detail: str = ""
    reasons: tuple[Button, ...] = ()
    buttons: tuple[Button, ...] = ()
