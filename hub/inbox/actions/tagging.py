"""Tags: the chain's list, and those on a ticket."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Forbidden, Invalid, NotFound
from hub.core.text import N_, SPACES, fold
from hub.inbox.actions.events import lock_ticket, note_ticket
from hub.inbox.models import Tag, Ticket, TicketTag
from hub.stores import actions as stores

TAG = "tag"
TAG_SETTING = "tags"
LONGEST = 40
MOST = 20


def add_tag(*, ticket_id: int, name: str, by: Actor, now: datetime, may_make: bool) -> int:
    """Put a tag on the ticket by its name, however it is typed; `may_make`: a new one joins the chain's list.

    Raises Invalid for a name that is no tag, Forbidden for a new one where people may only choose.
    """
    ticket = lock_ticket(ticket_id)
    tag = _find(name) or _make(name, by=by, now=now, may_make=may_make)
    put_tag(ticket, tag, by=by, now=now)
    return tag.id


def put_tag(ticket: Ticket, tag: Tag, *, by: Actor, now: datetime) -> bool:
    """On a ticket that is locked; returns whether it was not on it. Raises Invalid for a retired one, or one too many."""
    if not tag.is_active:
        raise Invalid(
            N_("The tag %(name)s is retired. Please choose another one."), field="tag", name=tag.name
        )
    on_it = set(db.session.scalars(select(TicketTag.tag_id).where(TicketTag.ticket_id == ticket.id)))
    if tag.id in on_it:
        return False
    if len(on_it) >= MOST:
        raise Invalid(N_("A ticket has at most %(most)s tags."), field="tag", most=MOST)
    db.session.add(TicketTag(ticket_id=ticket.id, tag_id=tag.id, added_by_id=by.agent_id, added_at=now))
    note_ticket("tagged", ticket, by=by, now=now, tag_id=tag.id)
    db.session.flush()
    return True


def remove_tag(*, ticket_id: int, tag_id: int, by: Actor, now: datetime) -> None:
    ticket = lock_ticket(ticket_id)
    gone = delete(TicketTag).where(TicketTag.ticket_id == ticket_id, TicketTag.tag_id == tag_id)
    if db.session.execute(gone.returning(TicketTag.tag_id)).first() is not None:
        note_ticket("untagged", ticket, by=by, now=now, tag_id=tag_id)
        db.session.flush()


def make_tag(*, name: str, by: Actor, now: datetime) -> int:
    """A new tag in the chain's list. Raises Conflict when there is one of that name."""
    if _find(name) is not None:
        raise Conflict(N_("There is a tag of this name already."), field="name")
    tag = _make(name, by=by, now=now, may_make=True)
    return tag.id


def rename_tag(*, tag_id: int, name: str, by: Actor, now: datetime) -> None:
    """On every ticket at once; the tag stays the same one."""
    tag, clean = get_tag(tag_id), clean_tag(name)
    other = _find(clean)
    if other is not None and other.id != tag_id:
        raise Conflict(N_("There is a tag of this name already."), field="name")
    note_change(
        f"{TAG}.renamed", subject_kind=TAG, subject_id=tag_id, by=by, now=now, from_name=tag.name, name=clean
    )
    tag.name, tag.key = clean, fold(clean)
    db.session.flush()


def switch_tag(*, tag_id: int, is_active: bool, by: Actor, now: datetime) -> None:
    """Retired tags stay where they are and are not offered any more."""
    tag = get_tag(tag_id)
    if tag.is_active is is_active:
        return
    action = "restored" if is_active else "retired"
    note_change(f"{TAG}.{action}", subject_kind=TAG, subject_id=tag_id, by=by, now=now)
    tag.is_active = is_active
    db.session.flush()


def change_tag_setting(*, agents_make: bool, by: Actor, now: datetime) -> None:
    """Whether agents may add new tags to the chain's list, or only choose from it."""
    stores.change_setting(TAG_SETTING, {"agents_make": agents_make}, by=by, now=now)


def clean_tag(name: str) -> str:
    """One line, without the # that people type. Raises Invalid when nothing is left or it is too long."""
    words = SPACES.sub(" ", name.replace("\x00", "")).strip().lstrip("#").strip()
    if not words or len(words) > LONGEST or "," in words:
        raise Invalid(
            N_("Please give a tag of at most %(most)s characters, without a comma."),
            field="tag",
            most=LONGEST,
        )
    return words


def find_tag_id(name: str) -> int | None:
    """The tag of this name, however it is typed."""
    found = _find(name)
    return found.id if found else None


def _find(name: str) -> Tag | None:
    return db.session.scalar(select(Tag).where(Tag.key == fold(clean_tag(name))))


def _make(name: str, *, by: Actor, now: datetime, may_make: bool) -> Tag:
    clean = clean_tag(name)
    if not may_make:
        raise Forbidden(
            N_("There is no tag %(name)s. Please choose one of the list, or ask the head office."), name=clean
        )
    new = {
        "key": fold(clean),
        "name": clean,
        "is_active": True,
        "created_by_id": by.agent_id,
        "created_at": now,
    }
    db.session.execute(insert(Tag).values(new).on_conflict_do_nothing(index_elements=["key"]))
    tag = db.session.scalars(select(Tag).where(Tag.key == fold(clean))).one()
    note_change(f"{TAG}.made", subject_kind=TAG, subject_id=tag.id, by=by, now=now, name=clean)
    return tag


def get_tag(tag_id: int) -> Tag:
    tag = db.session.get(Tag, tag_id)
    if tag is None:
        raise NotFound(N_("This tag does not exist."))
    return tag
