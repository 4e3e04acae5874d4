"""Photos of what is being told: added, dropped, and shown. Pure: each is on the disk before it is heard of here."""

from msgspec.structs import replace

from domain.photo import PHOTOS_MAX
from domain.problem import Problem, refusal
from kiosk.activity import Desk, Turn
from kiosk.answers import answered
from kiosk.camera import CAMERA_TROUBLES
from kiosk.page import Touch
from kiosk.parts import Words
from kiosk.screen import Tone
from kiosk.state import State
from kiosk.work.state import Draft
from kiosk.work.views import PhotosView


def on_photo(state: State, touch: Touch, desk: Desk) -> Turn | None:
    """Take a touch that is about photos; None where it is about none."""
    match _with_photo(state.work.draft, touch, desk):
        case Problem() as problem:
            return Turn(state=_without(state, problem))
        case Draft() as draft:
            return Turn(
                state=replace(state, work=replace(state.work, draft=draft), overlay=None, answer=None)
            )
        case None:
            return None


def _without(state: State, problem: Problem) -> State:
    """Say why there is no photo, and no more than that: what is being told goes on without one."""
    key = f"problem.{problem.code}"
    says, way_out = (Words(key=one, parameters=dict(problem.parameters)) for one in (key, f"{key}.way_out"))
    return answered(state, Tone.LOOK, says, way_out=way_out)


def _with_photo(draft: Draft, touch: Touch, desk: Desk) -> Draft | Problem | None:
    """Return the draft after a touch that is about photos, or why there is none; None where it is about none."""
    match touch.action:
        case "photo" if desk.camera and desk.camera.has(touch.value):
            if touch.value in draft.photos:
                return draft
            if len(draft.photos) >= PHOTOS_MAX:
                return refusal("photos_enough", most=PHOTOS_MAX)
            return replace(draft, photos=(*draft.photos, touch.value))
        case "photo_refused" if touch.value in CAMERA_TROUBLES:
            return refusal(touch.value)
        case "drop_photo":
            return replace(draft, photos=tuple(one for one in draft.photos if one != touch.value))
        case _:
            return None


def photos_view(draft: Draft, desk: Desk) -> PhotosView | None:
    """Return what is shown of them; nothing at a kiosk without a camera."""
    if desk.camera is None and not draft.photos:
        return None
    return PhotosView(
        photos=draft.photos, can_take=desk.camera is not None and len(draft.photos) < PHOTOS_MAX
    )
