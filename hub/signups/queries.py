"""What others look up about forms: the list, one with its versions, the open one behind an address, its entries."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.core.words import Language
from hub.signups import rules
from hub.signups.models import SignupEntry, SignupForm, SignupFormVersion
from hub.signups.rules import FormContent
from hub.signups.words import EntryState, FormKind

NO_FORM = N_("There is no such form. Please choose one from the list.")
PAGE_SIZE = 50
EXPORT_BATCH = 500


@dataclass(frozen=True)
class FormPage:
    """A form with one of its versions; `collection_point` is how the ledger names it."""

    id: int
    slug: str
    name: str
    kind: FormKind
    is_active: bool
    opens_at: datetime | None
    closes_at: datetime | None
    version_id: int
    version_number: int
    content: FormContent
    updated_at: datetime

    @property
    def collection_point(self) -> str:
        return f"form:{self.slug}"

    def is_open(self, now: datetime) -> bool:
        return rules.is_open(
            is_active=self.is_active, opens_at=self.opens_at, closes_at=self.closes_at, now=now
        )


@dataclass(frozen=True)
class VersionRow:
    number: int
    made_by_id: int | None
    made_at: datetime
    content: FormContent


@dataclass(frozen=True)
class EntryRow:
    """One sending. `answers` are the fields by name, and under `ticked` the words of the boxes."""

    id: int
    state: EntryState
    reason: str
    answers: Mapping[str, Any]
    customer_id: int | None
    language: Language
    version_number: int
    created_at: datetime
    confirmed_at: datetime | None


def list_forms() -> list[FormPage]:
    """All forms, the last changed first."""
    rows = db.session.execute(_forms().order_by(SignupForm.updated_at.desc(), SignupForm.id.desc()))
    return [_page_of(form, version) for form, version in rows]


def count_entries(form_ids: list[int]) -> dict[int, dict[EntryState, int]]:
    """By form and state, in one statement."""
    counted = (
        select(SignupEntry.form_id, SignupEntry.state, func.count())
        .where(SignupEntry.form_id.in_(form_ids))
        .group_by(SignupEntry.form_id, SignupEntry.state)
    )
    found: dict[int, dict[EntryState, int]] = {form_id: {} for form_id in form_ids}
    for form_id, state, count in db.session.execute(counted):
        found[form_id][state] = count
    return found


def get_form(form_id: int) -> FormPage:
    """With its current version. Raises NotFound."""
    return _one(_forms().where(SignupForm.id == form_id))


def find_form(slug: str) -> FormPage | None:
    """The form behind an address, open or not."""
    row = db.session.execute(_forms().where(SignupForm.slug == slug)).one_or_none()
    return _page_of(row[0], row[1]) if row else None


def find_open_form(slug: str, *, now: datetime) -> FormPage | None:
    found = find_form(slug)
    return found if found is not None and found.is_open(now) else None


def list_versions(form_id: int) -> list[VersionRow]:
    """All versions, newest first: what was asked and promised when."""
    rows = db.session.scalars(
        select(SignupFormVersion)
        .where(SignupFormVersion.form_id == form_id)
        .order_by(SignupFormVersion.number.desc())
    )
    return [VersionRow(row.number, row.made_by_id, row.made_at, rules.from_json(row.content)) for row in rows]


def list_entries(
    form_id: int, *, state: EntryState | None = None, after: str | None = None, size: int = PAGE_SIZE
) -> Page[EntryRow]:
    """Newest first."""
    statement = _entries(form_id, state).order_by(SignupEntry.id.desc()).limit(size + 1)
    if after:
        [last] = decode_key(after, int)
        statement = statement.where(SignupEntry.id < last)
    rows = [EntryRow(*row) for row in db.session.execute(statement)]
    return make_page(rows, size=size, key=lambda row: (row.id,))


def iterate_entries(form_id: int, *, state: EntryState | None = None) -> Iterator[EntryRow]:
    """All of them, oldest first, a batch at a time."""
    last = 0
    while True:
        statement = _entries(form_id, state).where(SignupEntry.id > last).order_by(SignupEntry.id)
        rows = [EntryRow(*row) for row in db.session.execute(statement.limit(EXPORT_BATCH))]
        yield from rows
        if len(rows) < EXPORT_BATCH:
            return
        last = rows[-1].id


def _entries(form_id: int, state: EntryState | None) -> Select[Any]:
    entry = SignupEntry
    statement = (
        select(
            entry.id,
            entry.state,
            entry.reason,
            entry.answers,
            entry.customer_id,
            entry.language,
            SignupFormVersion.number,
            entry.created_at,
            entry.confirmed_at,
        )
        .join(SignupFormVersion, SignupFormVersion.id == entry.version_id)
        .where(entry.form_id == form_id)
    )
    return statement.where(entry.state == state) if state is not None else statement


def _forms() -> Select[SignupForm, SignupFormVersion]:
    return select(SignupForm, SignupFormVersion).join(
        SignupFormVersion,
        (SignupFormVersion.form_id == SignupForm.id)
        & (SignupFormVersion.number == SignupForm.version_number),
    )


def _one(statement: Select[SignupForm, SignupFormVersion]) -> FormPage:
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound(NO_FORM)
    return _page_of(row[0], row[1])


def _page_of(form: SignupForm, version: SignupFormVersion) -> FormPage:
    return FormPage(
        id=form.id,
        slug=form.slug,
        name=form.name,
        kind=form.kind,
        is_active=form.is_active,
        opens_at=form.opens_at,
        closes_at=form.closes_at,
        version_id=version.id,
        version_number=version.number,
        content=rules.from_json(version.content),
        updated_at=form.updated_at,
    )
