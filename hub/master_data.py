"""The operations on master data: register, modify, disable, delete; each in one transaction, under the plant's lock.

Pages, API and imports all come through the same checks (`draft_check.py`). What is written bears its author.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from msgspec import Struct
from sqlalchemy import Connection

from domain.problem import Problem, refusal
from hub.draft import Draft, Line
from hub.draft_check import (
    Held,
    May,
    check_draft,
    check_rights,
    check_unique,
    may_everything,
    read_values,
)
from hub.findings import Finding, Findings
from hub.object import ObjectType, referring
from hub.precondition import Subject
from hub.reference import ReferenceData
from hub.store.event_log import EventLog
from hub.store.reference import Author, Record, write_records


class NotSavedError(Exception):
    """Nothing was written; `findings` say why, field by field. Row 0 is the record, others are its lines."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(one.en for one in findings))
        self.findings = tuple(findings)


class MissingError(NotSavedError):
    """There is no such record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody wants a record to say, as texts by field. Fields that are not in it stay as they are.

    `lines` None: the lines stay as they are. `seen`: the revision the sender looked at; 0: whichever it is.
    """

    texts: Mapping[str, str]
    lines: Sequence[Mapping[str, str]] | None = None
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was written: the key, the number people know it by, and whether anything changed."""

    key: str
    number: str
    changed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterData:
    """One object's records of one plant, to be changed inside the caller's `writing` transaction.

    `may`: what whoever writes may do; the right to come in by is asked for before.
    """

    connection: Connection
    log: EventLog
    plant: str
    declared: ObjectType
    author: Author
    may: May = may_everything
    known: ReferenceData = field(init=False)

    def __post_init__(self) -> None:
        # What is checked from here on must still be true when it is written.
        self.log.lock(self.connection, self.plant)
        object.__setattr__(self, "known", ReferenceData(self.connection, self.plant))

    def register(self, given: Given) -> Saved:
        """Write a new record. Raises NotSavedError."""
        declared, findings = self.declared, Findings()
        draft = self._draft(given, findings)
        number = draft.text(declared.number)
        found = declared.find(self.known, number) if number else None
        if found is not None:
            title = declared.title(declared.number_field)
            findings.note(0, title, refusal("object.exists", number=number), name=declared.number)
            raise NotSavedError(findings.in_order())
        return self._save(draft, None, findings)

    def put(self, key: str, given: Given) -> Saved:
        """Write a record whether it is there or not: said twice, it is as said once. Raises NotSavedError.

        A new one gets its key as its number; where the key is another than the number, only what is there is changed.
        """
        declared = self.declared
        held = self.known.records(declared.kind, declared.form).get(key)
        if declared.has_own_id or (held is not None and declared.belongs(held)):
            return self.modify(key, given)
        texts = {declared.number: key, **given.texts}
        if texts[declared.number].strip() != key:
            raise _refused(declared, refusal("object.other_number", number=key, value=texts[declared.number]))
        return self.register(replace(given, texts=texts))

    def modify(self, key: str, given: Given) -> Saved:
        """Change the fields that are named, no others. Raises NotSavedError, MissingError."""
        held = self._held(key)
        self._refuse_old(key, given.seen)
        findings = Findings()
        return self._save(self._draft(given, findings, held), held, findings)

    def disable(self, key: str, *, disabled: bool) -> Saved:
        """Offer a record no more, or again; it stays wherever it is named. Raises MissingError."""
        return self.modify(key, Given(texts={self.declared.ends_by: "1" if disabled else "0"}))

    def delete(self, key: str) -> Saved:
        """Take a record away, if nothing stands against it. Raises NotSavedError with the rule and its evidence."""
        held = self._held(key)
        declared = self.declared
        number = str(declared.values(held[1], key, self.known)[declared.number])
        if not declared.takes(held[1]):
            raise _refused(declared, refusal("object.missing", number=number))
        subject = Subject(
            connection=self.connection,
            known=self.known,
            kind=declared.kind,
            key=key,
            number=number,
            used_as=declared.uses(key, self.known),
            referring=referring(declared.kind),
        )
        for one in declared.delete_if:
            problem = one.refuses(subject)
            if problem is not None:
                raise _refused(declared, problem)
        gone = Record(kind=declared.kind, key=key, body=None)
        write_records(self.connection, self.log, self.plant, [gone], self.author)
        self.known.put(declared.kind, key, None)
        return Saved(key=key, number=number)

    def _held(self, key: str) -> tuple[str, Struct]:
        record = self.known.records(self.declared.kind, self.declared.form).get(key)
        if record is None or not self.declared.belongs(record):
            problem = refusal("object.missing", number=key)
            raise MissingError(_refused(self.declared, problem).findings)
        return key, record

    def _refuse_old(self, key: str, seen: int) -> None:
        """Refuse what was decided before a page that is out of date."""
        if seen and seen != self.known.revision(self.declared.kind, key):
            raise _refused(self.declared, refusal("object.changed_meanwhile", number=key))

    def _draft(self, given: Given, findings: Findings, held: Held = None) -> Draft:
        declared = self.declared
        values = read_values(declared, declared.fields, given.texts, 0, findings)
        lines: list[Line]
        if given.lines is None:
            kept = declared.line_values(held[1], self.known) if held else ()
            lines = [Line(row=row, values=one) for row, one in enumerate(kept, start=1)]
        else:
            lines = [
                Line(row=row, values=read_values(declared, declared.lines, texts, row, findings))
                for row, texts in enumerate(given.lines, start=1)
            ]
        return Draft(values=values, lines=tuple(lines))

    def _save(self, draft: Draft, held: Held, findings: Findings) -> Saved:
        declared = self.declared
        made = check_draft(declared, draft, held, self.known, findings)
        if made is not None:
            check_unique(declared, {made[0]: made[1]}, {}, self.known, findings)
            check_rights(declared, held, made[1], self.known, self.may, findings)
        if made is None or findings.found:
            raise NotSavedError(_once(findings.in_order()))
        key, record = made
        body = Record(kind=declared.kind, key=key, body=record)
        written = write_records(self.connection, self.log, self.plant, [body], self.author)
        self.known.put(declared.kind, key, record)
        number = str(declared.values(record, key, self.known)[declared.number])
        return Saved(key=key, number=number, changed=not written.unchanged)


def _refused(declared: ObjectType, problem: Problem) -> NotSavedError:
    findings = Findings()
    findings.note(0, declared.title(declared.number_field), problem, name=declared.number)
    return NotSavedError(findings.found)


def _once(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return each field's first finding: what could not be read is not called missing as well."""
    kept: dict[tuple[int, str], Finding] = {}
    for one in found:
        kept.setdefault((one.row, one.field), one)
    return tuple(kept.values())
