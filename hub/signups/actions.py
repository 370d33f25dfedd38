"""What is done to forms: made, edited (a new version), switched; confirmed entries."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.exc import IntegrityError

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Invalid, NotFound
from hub.core.text import N_, slug
from hub.customers.optin import OptinRow, confirm_optin
from hub.signups import rules
from hub.signups.models import SignupEntry, SignupForm, SignupFormVersion
from hub.signups.rules import FormContent
from hub.signups.submitting import REPEATED, Sent, has_entered, resend, submit
from hub.signups.wishes import Sender
from hub.signups.words import EntryState, FormKind

__all__ = [
    "FormDetails",
    "Sender",
    "Sent",
    "confirm",
    "edit_form",
    "erase_entries",
    "make_form",
    "resend",
    "submit",
    "switch_form",
]

NO_FORM = N_("There is no such form. Please choose one from the list.")
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True)
class FormDetails:
    """The whole form as a marketer left it. Times are business time; None is without a limit."""

    name: str
    opens_at: datetime | None
    closes_at: datetime | None
    content: FormContent


def make_form(*, key: str, kind: FormKind, details: FormDetails, by: Actor, now: datetime) -> int:
    """A new form, switched off, with its first version. `key` is the end of its address, kept for ever.

    Raises Invalid with the field to correct.
    """
    _check(details, kind)
    row = SignupForm(
        slug=_slug(key or details.name),
        name=details.name.strip(),
        kind=kind,
        is_active=False,
        opens_at=details.opens_at,
        closes_at=details.closes_at,
        version_number=1,
        created_at=now,
        updated_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(row)
            db.session.flush()
    except IntegrityError:
        raise Invalid(
            N_("Another form has this address already. Please choose another one."), field="slug"
        ) from None
    _add_version(row, details.content, by=by, now=now)
    note_change("signup_form.made", subject_kind="signup_form", subject_id=row.id, by=by, now=now)
    return row.id


def edit_form(form_id: int, *, details: FormDetails, by: Actor, now: datetime) -> int:
    """Change a form. Any change of what it asks or says makes a new version; old ones stay. Returns the version.

    Raises NotFound, Invalid.
    """
    row = _get_locked(form_id)
    _check(details, row.kind)
    row.name, row.opens_at, row.closes_at = details.name.strip(), details.opens_at, details.closes_at
    row.updated_at = now
    current = db.session.scalars(_version_of(row)).one()
    if rules.from_json(current.content) != details.content:
        row.version_number += 1
        _add_version(row, details.content, by=by, now=now)
    note_change(
        "signup_form.edited",
        subject_kind="signup_form",
        subject_id=row.id,
        by=by,
        now=now,
        version=row.version_number,
    )
    db.session.flush()
    return row.version_number


def switch_form(form_id: int, *, is_active: bool, by: Actor, now: datetime) -> None:
    """Let a form take entries, or stop it. Raises NotFound."""
    row = _get_locked(form_id)
    row.is_active, row.updated_at = is_active, now
    note_change(
        "signup_form.switched",
        subject_kind="signup_form",
        subject_id=row.id,
        by=by,
        now=now,
        is_active=is_active,
    )
    db.session.flush()


def confirm(
    token: str, *, now: datetime, machine_now: datetime, ip: str | None, user_agent: str | None
) -> OptinRow:
    """The button behind the mailed link was pressed: consents go to the ledger, entries are confirmed. Twice is once.

    Raises NotFound, Gone.
    """
    found = confirm_optin(token, now=now, machine_now=machine_now, ip=ip, user_agent=user_agent)
    mine = select(SignupEntry).where(
        SignupEntry.optin_id == found.id, SignupEntry.state == EntryState.WAITING
    )
    for entry in db.session.scalars(mine):
        is_contest = _get_locked(entry.form_id).kind is FormKind.CONTEST
        is_repeated = is_contest and has_entered(entry.form_id, entry.customer_id)
        db.session.execute(
            update(SignupEntry)
            .where(SignupEntry.id == entry.id)
            .values(_REPEATED if is_repeated else {"state": EntryState.CONFIRMED, "confirmed_at": now})
        )
        if is_contest:
            _refuse_others(entry)
    return found


_REPEATED = {"state": EntryState.REFUSED, "reason": REPEATED}


def _refuse_others(entry: SignupEntry) -> None:
    """A contest counts the entry whose mail was confirmed first; what else waits for the customer counts no more."""
    db.session.execute(
        update(SignupEntry)
        .where(
            SignupEntry.form_id == entry.form_id,
            SignupEntry.customer_id == entry.customer_id,
            SignupEntry.state == EntryState.WAITING,
        )
        .values(_REPEATED)
    )


def erase_entries(customer_id: int) -> int:
    """Forget what a customer sent in; that somebody took part stays. Returns how many entries."""
    emptied = (
        update(SignupEntry)
        .where(SignupEntry.customer_id == customer_id)
        .values(answers={}, ip=None, user_agent=None, customer_id=None)
        .execution_options(synchronize_session=False)
        .returning(SignupEntry.id)
    )
    return len(db.session.scalars(emptied).all())


def _slug(text: str) -> str:
    found = slug(text)[:80].strip("-")
    if not SLUG.fullmatch(found):
        raise Invalid(N_("Please give the form an address of letters and digits."), field="slug")
    return found


def _check(details: FormDetails, kind: FormKind) -> None:
    if not details.name.strip():
        raise Invalid(N_("Please give the form a name."), field="name")
    if details.opens_at and details.closes_at and details.closes_at <= details.opens_at:
        raise Invalid(N_("Please let the form close after it opens."), field="closes_at")
    rules.check_content(details.content, is_contest=kind is FormKind.CONTEST)


def _add_version(row: SignupForm, content: FormContent, *, by: Actor, now: datetime) -> None:
    db.session.add(
        SignupFormVersion(
            form_id=row.id,
            number=row.version_number,
            content=rules.to_json(content),
            made_by_id=by.agent_id,
            made_at=now,
        )
    )
    db.session.flush()


def _version_of(row: SignupForm) -> Select[SignupFormVersion]:
    return select(SignupFormVersion).where(
        SignupFormVersion.form_id == row.id, SignupFormVersion.number == row.version_number
    )


def _get_locked(form_id: int) -> SignupForm:
    row = db.session.get(SignupForm, form_id, with_for_update=True)
    if row is None:
        raise NotFound(NO_FORM)
    return row
