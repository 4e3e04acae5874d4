"""Between a yes and the act: the one who answers for it types a PIN. Pure, like the activities it stands before.

The digits come in one touch and stand nowhere: not in the state, which is kept on the disk, not in a screen, not in a
fact. What waits for them is a question (`Question.proves` says whose); once proven, it goes the way of a yes.
"""

import dataclasses

from msgspec.structs import replace

from domain.document import Document, Happened
from domain.events.pins import PinAccepted, PinRefused
from domain.pin import PIN_DIGITS_MAX, PIN_DIGITS_MIN, QUICK_TRIES, TRIES_MAX, issue_of, wait_s
from domain.problem import Problem, refusal
from domain.staff import Person
from kiosk.activity import Desk, Scanned, Turn, activity
from kiosk.answers import answered, refused
from kiosk.screen import PinPad, Tone, Words
from kiosk.state import Question, State


def needs_pin(document: Document, person: Person, desk: Desk) -> bool:
    """Tell whether somebody has to type a PIN for a document: whoever has one, all where the factory requires it."""
    return bool(person.pin) or desk.knowledge.document_types()[document.type].pin_required


def ask_pin(
    state: State, question: Question, person: Person, desk: Desk, scan: Scanned | None = None
) -> Turn:
    """Ask somebody for the PIN before a question counts as answered, or say why it cannot be asked now."""
    if problem := _hinders(person, desk):
        return refused(state, (problem,), scan)
    asking = replace(state, question=replace(question, proves=person.number), overlay=None)
    words = Words(key="ask.pin", parameters={"name": person.names.of(desk.language)})
    return Turn(state=answered(asking, Tone.LOOK, words, scan))


def prove(state: State, question: Question, digits: str, desk: Desk) -> Turn:
    """Look at a PIN: go on with what was asked, or count the guess."""
    person = desk.knowledge.person(question.proves)
    asking = replace(state, question=None, answer=None)
    if person is None or person.disabled:
        return refused(asking, (refusal("unknown_badge"),))
    if desk.is_lease_over:
        return refused(asking, (refusal("lease_over_approval"),))
    if problem := _hinders(person, desk):
        return refused(asking, (problem,))
    if not desk.pins.is_right(person, digits):
        return _wrong(state, question, person, desk)
    accepted = PinAccepted(person=person.number, act=question.ask, document=question.target)
    turn = activity(state.at).on_yes(asking, question, desk)
    return dataclasses.replace(turn, events=(Happened(event=accepted), *turn.events), strength="pin")


def pin_pad(state: State, desk: Desk) -> PinPad | None:
    """Return the pad a PIN is typed on, while one is asked for."""
    question = state.question
    person = desk.knowledge.person(question.proves) if question and question.proves else None
    if question is None or person is None:
        return None
    return PinPad(
        names=person.names,
        act=Words(key=f"pin.act.{question.ask}", parameters={"document": question.target}),
        asked=f"{person.number} {desk.pins.guesses(person).failures}",
        digits_min=PIN_DIGITS_MIN,
        digits_max=PIN_DIGITS_MAX,
    )


def _wrong(state: State, question: Question, person: Person, desk: Desk) -> Turn:
    failures = desk.pins.guesses(person).failures + 1
    event = PinRefused(
        person=person.number,
        act=question.ask,
        failures=failures,
        issue=issue_of(person.pin),
        document=question.target,
    )
    problem = _after_failures(person, failures, wait_s(failures), desk)
    if problem is None:
        problem = refusal("pin_wrong", name=person.names.of(desk.language), left=QUICK_TRIES - failures)
        kept = state
    else:
        kept = replace(state, question=None)
    return Turn(state=refused(kept, (problem,)).state, events=(Happened(event=event),))


def _hinders(person: Person, desk: Desk) -> Problem | None:
    """Say why somebody's PIN cannot be asked for now; None where it can."""
    if not person.pin:
        return refusal("pin_lacking", name=person.names.of(desk.language))
    guesses = desk.pins.guesses(person)
    return _after_failures(person, guesses.failures, guesses.wait_left_s, desk)


def _after_failures(person: Person, failures: int, left_s: int, desk: Desk) -> Problem | None:
    name = person.names.of(desk.language)
    if failures >= TRIES_MAX:
        return refusal("pin_locked", name=name, tries=failures)
    return refusal("pin_wait", name=name, tries=failures, seconds=left_s) if left_s else None
