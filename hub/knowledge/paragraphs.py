"""What each store adds at the end of a standard reply."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from hub.core.actor import Actor
from hub.core.audit import note_change
from hub.core.db import db
from hub.core.errors import Conflict, Invalid
from hub.core.text import N_
from hub.knowledge import rules
from hub.knowledge.models import StoreParagraph
from hub.knowledge.replies import get_standard_reply
from hub.stores.queries import get_stores


def save_paragraph(*, reply_id: int, store_id: int, text: str, by: Actor, now: datetime) -> None:
    """An empty text takes the paragraph away. Raises Invalid (field text, store), Conflict, NotFound."""
    clean = _check(text)
    if clean and not get_standard_reply(reply_id).may_stores_add:
        raise Conflict(N_("Nothing may be added to this standard reply: it is the same in every store."))
    if store_id not in get_stores([store_id]):
        raise Invalid(N_("Please choose a store of the list."), field="store")
    if clean:
        _write(reply_id, store_id, clean, now)
    else:
        mine = (StoreParagraph.standard_reply_id == reply_id, StoreParagraph.store_id == store_id)
        db.session.execute(delete(StoreParagraph).where(*mine))
    note_change(
        "standard_reply.paragraph",
        subject_kind="standard_reply",
        subject_id=reply_id,
        by=by,
        now=now,
        store=store_id,
    )


def list_paragraphs(reply_id: int) -> dict[int, str]:
    """What each store adds to the reply."""
    rows = db.session.execute(
        select(StoreParagraph.store_id, StoreParagraph.text).where(
            StoreParagraph.standard_reply_id == reply_id
        )
    )
    return {row.store_id: row.text for row in rows}


def _check(text: str) -> str:
    clean = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(clean) > rules.LONGEST_REPLY:
        raise Invalid(
            N_("Please write a text of at most %(most)s characters."), field="text", most=rules.LONGEST_REPLY
        )
    rules.check_variables(clean, field="text")
    if set(rules.VARIABLE.findall(clean)) & rules.MARKS.keys():
        raise Invalid(
            N_("Promo codes stand in the text of the head office only. Please leave them out."), field="text"
        )
    return clean


def _write(reply_id: int, store_id: int, text: str, now: datetime) -> None:
    statement = insert(StoreParagraph).values(
        standard_reply_id=reply_id, store_id=store_id, text=text, updated_at=now
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["standard_reply_id", "store_id"], set_={"text": text, "updated_at": now}
        )
    )
