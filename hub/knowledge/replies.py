"""Standard replies as other doors read them: lists by reason, one with its variables filled, paragraphs of stores."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import and_, or_, select

from hub.core.db import db
from hub.core.errors import NotFound
from hub.core.text import N_
from hub.core.words import Channel, Language
from hub.knowledge import rules
from hub.knowledge.models import StandardReply, StoreParagraph
from hub.knowledge.reply_ranking import rank_replies
from hub.knowledge.rows import Filled, ReplyActs, ReplyRow

NO_REPLY = N_("This standard reply does not exist any more. Please choose another one.")
MOST = 500


def list_standard_replies(
    reason_id: int | None = None,
    language: Language | None = None,
    store_id: int | None = None,
    search: str = "",
    *,
    is_active: bool | None = True,
    channel: Channel | None = None,
) -> list[ReplyRow]:
    """Those of the reason first, then by title; for a `search` those that bear on it, best first.

    `channel`: without those that are written for other ones.
    """
    chosen = _with_paragraph(store_id).order_by(StandardReply.sort_key, StandardReply.id).limit(MOST)
    if language:
        chosen = chosen.where(StandardReply.language == language)
    if is_active is not None:
        chosen = chosen.where(StandardReply.is_active.is_(is_active))
    if channel is not None:
        fits = StandardReply.channels.contains([channel.value])
        chosen = chosen.where(or_(StandardReply.channels == [], fits))
    found = [_row(row, paragraph) for row, paragraph in db.session.execute(chosen)]
    if search.strip():
        ranks = rank_replies(found, search)
        return sorted((row for row in found if row.id in ranks), key=lambda row: (ranks[row.id], row.id))
    return sorted(found, key=lambda row: reason_id is None or row.reason_id != reason_id)


def suggest_replies(
    text: str,
    reason_id: int | None,
    language: Language,
    store_id: int | None = None,
    channel: Channel | None = None,
) -> list[ReplyRow]:
    """Replies of the same reason first, then those that speak of the same things."""
    rows = list_standard_replies(reason_id, language, store_id, channel=channel)
    ranks = rank_replies(rows, text)
    near = [row for row in rows if row.id in ranks or (reason_id and row.reason_id == reason_id)]
    return sorted(near, key=lambda row: (row.reason_id != reason_id, ranks.get(row.id, len(ranks)), row.id))


def get_standard_reply(reply_id: int, store_id: int | None = None) -> ReplyRow:
    """Raises NotFound."""
    found = db.session.execute(_with_paragraph(store_id).where(StandardReply.id == reply_id)).one_or_none()
    if found is None:
        raise NotFound(NO_REPLY)
    return _row(*found)


def list_chosen_replies(reply_ids: Collection[int], store_id: int | None = None) -> list[ReplyRow]:
    """Those of these that are there."""
    chosen = _with_paragraph(store_id).where(StandardReply.id.in_(reply_ids))
    return [_row(*found) for found in db.session.execute(chosen)] if reply_ids else []


def fill_standard_reply(reply_id: int, values: Mapping[str, str], store_id: int | None = None) -> Filled:
    """The reply ready for the composer, with what the store adds. Raises NotFound.

    `values` by variable (rules.VARIABLES); an unknown value leaves a mark in the text and its name in `missing`.
    """
    return fill_row(get_standard_reply(reply_id, store_id), values)


def fill_row(row: ReplyRow, values: Mapping[str, str]) -> Filled:
    whole = f"{row.body}\n\n{row.paragraph}" if row.paragraph else row.body
    text, missing = rules.fill(whole, values, row.language)
    return Filled(row.id, row.title, text, tuple(rules.called(name, row.language) for name in missing))


def _with_paragraph(store_id: int | None) -> Any:
    mine = and_(StoreParagraph.standard_reply_id == StandardReply.id, StoreParagraph.store_id == store_id)
    return select(StandardReply, StoreParagraph.text).outerjoin(StoreParagraph, mine)


def _row(row: StandardReply, paragraph: str | None) -> ReplyRow:
    return ReplyRow(
        id=row.id,
        key=row.key,
        language=row.language,
        title=row.title,
        body=row.body,
        reason_id=row.reason_id,
        is_active=row.is_active,
        used_count=row.used_count,
        updated_at=row.updated_at,
        paragraph=(paragraph or "") if row.may_stores_add else "",
        may_stores_add=row.may_stores_add,
        channels=tuple(map(Channel, row.channels)),
        acts=ReplyActs(row.sets_reason_id, row.sets_state, row.sets_tag_id, row.gives_pool_id),
    )
