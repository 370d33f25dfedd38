"""What standard replies also set on the ticket, and the promo code they give: said before the sending, told to the inbox with it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox.inserted_ids import ACTS, REPLY, ids_of
from hub.blueprints.inbox.reply_codes import gives_words, voucher_of
from hub.blueprints.inbox.words import state_words
from hub.core import clock
from hub.core.words import Channel
from hub.inbox import queries
from hub.inbox.actions.alongside import SETS
from hub.inbox.actions.vouchers import GIVES
from hub.inbox.queries import TicketView
from hub.inbox.reply_ways import reply_channel
from hub.inbox.words import TicketState
from hub.knowledge.replies import list_chosen_replies
from hub.knowledge.rows import ReplyActs, ReplyRow
from hub.reasons.queries import list_reasons


def channel_of(ticket: TicketView) -> Channel:
    """Where an answer given now is read: standard replies of other channels are not offered."""
    if ticket.channel is Channel.CHAT:
        chat = queries.find_chat(ticket.id)
        if chat is not None and queries.is_readable(chat, now=clock.business_now()):
            return Channel.CHAT
    return reply_channel(ticket)


def acts_words(rows: Iterable[ReplyRow]) -> dict[int, str]:
    """By the id of a reply that sets something: "reason Delivery · tag parcel · state solved"."""
    sets = {row.id: _sets(row.acts) for row in rows}
    acting = {each: wanted for each, wanted in sets.items() if wanted}
    said = _said(list(acting.values()))
    return {each: words for each, words in zip(acting, said, strict=True) if words}


def offered_acts(ticket: TicketView, rows: Sequence[ReplyRow]) -> dict[int, str]:
    """What goes with each as whole sentences, for who may change the ticket: an expert of another store answers only."""
    if not may_change(ticket):
        return {}
    acts = acts_words(rows)
    gives = gives_words({row.id: voucher_of(row) for row in rows if row.acts.pool_id})
    said = {row.id: _sentences(acts.get(row.id, ""), gives.get(row.id, ())) for row in rows}
    return {each: sentences for each, sentences in said.items() if sentences}


def kept_words(inserted: Mapping[str, Any], *, is_mine: bool = True) -> str:
    """The same of an answer that was kept for later: what it will set, and give in the name of who wrote it."""
    (said,) = _said([inserted.get(SETS, {})])
    gives = gives_words({0: inserted[GIVES]}, is_mine=is_mine).get(0, ()) if inserted.get(GIVES) else ()
    return _sentences(said, gives)


def used_texts(ticket: TicketView, kept: Mapping[str, list[int]]) -> dict[str, Any]:
    """For a composer that opens with a draft: the same fields that the script adds."""
    ids, chosen = kept.get(REPLY, []), kept.get(ACTS, [])
    sentences = offered_acts(ticket, list_chosen_replies(ids, ticket.store_id)) if ids else {}
    return {
        "used_ids": kept,
        "used_acts": [(each, sentences[each], each in chosen) for each in ids if each in sentences],
    }


def chosen_acts() -> list[int]:
    return ids_of(ACTS)


def sets_of(ticket: TicketView, rows: Iterable[ReplyRow]) -> dict[str, Any]:
    """What the person left ticked, for `inserted` of the answer: of several reasons or states the last one."""
    acts = [row.acts for row in _chosen(ticket, rows)]
    tags = queries.get_tags({each.tag_id for each in acts if each.tag_id})
    sets: dict[str, Any] = {"tag_ids": [each for each, tag in tags.items() if tag.is_active]}
    for each in acts:
        sets |= {"reason_id": each.reason_id} if each.reason_id else {}
        sets |= {"state": each.state.value} if each.state else {}
    return {SETS: sets} if any(sets.values()) else {}


def gives_of(ticket: TicketView, rows: Iterable[ReplyRow]) -> dict[str, Any]:
    """One code an answer: of several replies that give one the last."""
    giving = [row for row in _chosen(ticket, rows) if row.acts.pool_id]
    return {GIVES: voucher_of(giving[-1])} if giving else {}


def may_change(ticket: TicketView) -> bool:
    return viewer().scope.has_store(ticket.store_id)


def _chosen(ticket: TicketView, rows: Iterable[ReplyRow]) -> list[ReplyRow]:
    chosen = chosen_acts() if may_change(ticket) else []
    by_id = {row.id: row for row in rows}
    return [by_id[each] for each in chosen if each in by_id]


def _sets(acts: ReplyActs) -> dict[str, Any]:
    wanted = {
        "reason_id": acts.reason_id,
        "tag_ids": [acts.tag_id] if acts.tag_id else [],
        "state": acts.state,
    }
    return wanted if any(wanted.values()) else {}


def _said(each_sets: Sequence[Mapping[str, Any]]) -> list[str]:
    """In the same order; "" where nothing is set."""
    if not any(each_sets):
        return ["" for _ in each_sets]
    reasons = {row.id: row.path(str(get_locale())) for row in list_reasons(active=False)}
    tags = queries.get_tags({each for sets in each_sets for each in sets.get("tag_ids", ())})
    names = {each: tag.name for each, tag in tags.items() if tag.is_active}
    return [" · ".join(_parts(sets, reasons, names)) for sets in each_sets]


def _parts(sets: Mapping[str, Any], reasons: Mapping[int, str], tags: Mapping[int, str]) -> list[str]:
    reason, state = reasons.get(sets.get("reason_id") or 0), sets.get("state")
    words = [gettext("reason %(reason)s", reason=reason)] if reason else []
    words += [gettext("tag %(tag)s", tag=tags[each]) for each in sets.get("tag_ids", ()) if each in tags]
    return words + ([gettext("state %(state)s", state=state_words(TicketState(state)))] if state else [])


def _sentences(sets: str, gives: Sequence[str]) -> str:
    words = gettext("This reply also sets: %(what)s", what=sets) if sets else ""
    return " ".join([f"{words}." if words and gives else words, *gives]).strip()
