"""What standard replies also set on the ticket: said in words before the sending, and told to the inbox with it."""

from collections.abc import Iterable
from typing import Any

from flask import request
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox.words import state_words
from hub.blueprints.row_ids import read_ids
from hub.core import clock
from hub.core.words import Channel
from hub.inbox import queries
from hub.inbox.actions.alongside import SETS
from hub.inbox.queries import TicketView
from hub.inbox.reply_ways import reply_channel
from hub.inbox.words import TicketState
from hub.knowledge.replies import list_chosen_replies
from hub.knowledge.rows import NO_ACTS, ReplyRow
from hub.reasons.queries import list_reasons

USED, ACTS = "standard_reply_id", "acts_of"
"""Fields of the composer: the standard replies in its text, and those whose acts go with it."""
MOST = 20


def channel_of(ticket: TicketView) -> Channel:
    """Where an answer given now is read: standard replies of other channels are not offered."""
    if ticket.channel is Channel.CHAT:
        chat = queries.find_chat(ticket.id)
        if chat is not None and queries.is_readable(chat, now=clock.business_now()):
            return Channel.CHAT
    return reply_channel(ticket)


def acts_words(rows: Iterable[ReplyRow]) -> dict[int, str]:
    """By the id of a reply that sets something: "reason Delivery · tag parcel · state solved"."""
    acting = [row for row in rows if row.acts != NO_ACTS]
    if not acting:
        return {}
    reasons = {row.id: row.path(str(get_locale())) for row in list_reasons(active=False)}
    tags = queries.get_tags({row.acts.tag_id for row in acting if row.acts.tag_id})
    said: dict[int, list[str]] = {row.id: [] for row in acting}
    for row in acting:
        acts, words = row.acts, said[row.id]
        if acts.reason_id in reasons:
            words.append(gettext("reason %(reason)s", reason=reasons[acts.reason_id]))
        if acts.tag_id in tags and tags[acts.tag_id].is_active:
            words.append(gettext("tag %(tag)s", tag=tags[acts.tag_id].name))
        if acts.state is not None:
            words.append(gettext("state %(state)s", state=state_words(TicketState(acts.state))))
    return {each: " · ".join(words) for each, words in said.items() if words}


def offered_acts(ticket: TicketView, rows: Iterable[ReplyRow]) -> dict[int, str]:
    """The same as a whole sentence, for who may change the ticket: an expert of another store answers only."""
    if not _may_change(ticket):
        return {}
    return {
        each: gettext("This reply also sets: %(what)s", what=words)
        for each, words in acts_words(rows).items()
    }


def used_texts(ticket: TicketView) -> dict[str, Any]:
    """For a composer that opens with a standard reply in it: the same fields that the script adds."""
    ids, chosen = _ids(request.args.getlist(USED)), _ids(request.args.getlist(ACTS))
    sentences = offered_acts(ticket, list_chosen_replies(ids, ticket.store_id)) if ids else {}
    return {
        "used_ids": ids,
        "used_acts": [(each, sentences[each], each in chosen) for each in ids if each in sentences],
    }


def used_fields() -> dict[str, Any]:
    """For a way back to the composer."""
    return {name: _ids(request.form.getlist(name)) for name in (USED, ACTS)}


def chosen_acts() -> list[int]:
    return _ids(request.form.getlist(ACTS))


def sets_of(ticket: TicketView, rows: Iterable[ReplyRow]) -> dict[str, Any]:
    """What the person left ticked, for `inserted` of the answer: of several reasons or states the last one."""
    chosen = chosen_acts() if _may_change(ticket) else []
    by_id = {row.id: row.acts for row in rows}
    acts = [by_id[each] for each in chosen if each in by_id]
    tags = queries.get_tags({each.tag_id for each in acts if each.tag_id})
    sets: dict[str, Any] = {"tag_ids": [each for each, tag in tags.items() if tag.is_active]}
    for each in acts:
        sets |= {"reason_id": each.reason_id} if each.reason_id else {}
        sets |= {"state": each.state.value} if each.state else {}
    return {SETS: sets} if any(sets.values()) else {}


def _may_change(ticket: TicketView) -> bool:
    return viewer().scope.has_store(ticket.store_id)


def _ids(values: Iterable[str]) -> list[int]:
    return list(dict.fromkeys(read_ids(values)))[:MOST]
