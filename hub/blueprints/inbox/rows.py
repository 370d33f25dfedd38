"""Tickets as the templates want them: rows of the list, lines of the thread, changes in one sentence."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from babel.units import format_unit
from flask import url_for
from flask_babel import get_locale, gettext

from hub.blueprints.access import viewer
from hub.blueprints.inbox import words
from hub.blueprints.inbox.amended_lines import amended_of
from hub.blueprints.inbox.awaited_lines import awaited_of
from hub.blueprints.inbox.counter_lines import counter_of
from hub.blueprints.inbox.happenings import Names, event_words
from hub.blueprints.inbox.mail_lines import file_of, mail_of
from hub.core.words import Channel, Language
from hub.inbox.queries import ThreadEvent, ThreadMessage, TicketRow
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.outbox.queries import MessageRow
from hub.staff.words import Permission
from hub.surveys.words import TOPIC_WORDS

Chips = list[tuple[str, str]]
KILOBYTE, MEGABYTE, GIGABYTE = 1_000, 1_000_000, 1_000_000_000


def list_row(
    row: TicketRow, now: datetime, keep: Mapping[str, Any], current: str = "", *, may_pick: bool = False
) -> dict[str, Any]:
    """One line of the list; `keep` are the filters that the link to the ticket carries along, `may_pick` for bulk acts."""
    return {
        "pick": row.number if may_pick else "",
        "href": url_for("inbox.ticket", number=row.number, **keep),
        "channel": words.channel_words(row.channel),
        "channel_icon": words.CHANNEL_ICONS[row.channel],
        "name": row.requester_name or row.requester_address or gettext("Unknown customer"),
        "subject": row.subject,
        "preview": "" if row.preview == row.subject else row.preview,
        "at": row.waiting_since or row.updated_at,
        "chips": chips(row, now),
        "is_unread": row.state is TicketState.NEW,
        "is_current": row.number == current,
    }


def chips(row: TicketRow, now: datetime) -> Chips:
    """Deadline, state, priority, dissatisfaction, store, assignee: only what is not as usual."""
    return [*_deadline_chips(row, now), *_matter_chips(row), *_place_chips(row)]


def _deadline_chips(row: TicketRow, now: datetime) -> Chips:
    due = words.due_words(row, now)
    if due:
        return [(due, words.due_tone(row, now))]
    if row.state in {TicketState.NEW, TicketState.OPEN}:
        return []
    return [(words.state_words(row.state), "plain" if row.state is TicketState.PENDING else "ok")]


def _matter_chips(row: TicketRow) -> Chips:
    found: Chips = []
    if row.priority in {Priority.HIGH, Priority.URGENT}:
        is_urgent = row.priority is Priority.URGENT
        found.append((gettext("urgent matter") if is_urgent else gettext("high priority"), "warn"))
    if row.score is not None:
        found.append((words.score_words(row.score), "warn" if row.score == 1 else "info"))
    elif row.is_grievance:
        found.append((gettext("grievance"), "warn"))
    if not row.is_confirmed:
        found.append((gettext("not confirmed"), "note"))
    return found


def _place_chips(row: TicketRow) -> Chips:
    me = viewer()
    found: Chips = []
    if me.scope.is_everything or len(me.scope.store_ids) > 1 or row.store_id is None:
        found.append((row.store_name or gettext("no store yet"), "plain"))
    if row.assignee_id is not None:
        is_mine = row.assignee_id == me.agent_id
        found.append((gettext("yours") if is_mine else row.assignee_name, "info" if is_mine else "plain"))
    return found


def thread_lines(
    messages: Iterable[ThreadMessage],
    events: Iterable[ThreadEvent],
    sent: Mapping[int, MessageRow],
    names: Names,
    called: Mapping[str | None, str] | None = None,
) -> list[dict[str, Any]]:
    """Messages and changes, oldest first; a change that says nothing to a reader is left out.

    `called`: names of addresses that write without one.
    """
    lines = [_message_line(message, sent, called or {}) for message in messages]
    for event in events:
        sentence = event_words(event, names)
        if sentence:
            lines.append({"event": sentence, "at": event.happened_at, "order": event.event_id})
    return sorted(lines, key=lambda line: (line["at"], line["order"]))


def _message_line(
    message: ThreadMessage, sent: Mapping[int, MessageRow], called: Mapping[str | None, str]
) -> dict[str, Any]:
    out = sent.get(message.outbound_id) if message.outbound_id else None
    state, tone = words.delivery_words(out) if out else _own_state(message)
    return {
        "id": message.id,
        "kind": _KINDS[message.kind],
        "author": _author(message, called),
        "at": message.happened_at,
        "order": message.event_id,
        "channel": words.channel_words(message.channel) if message.kind in _SPOKEN else None,
        "text": message.text or _said_without_words(message, out),
        "quoted": message.quoted_text,
        "html": message.html,
        "is_stranger": message.is_stranger,
        "address": message.author_address,
        "state": state,
        "tone": tone,
        "attachments": [_file(row) for row in message.attachments],
        **_answered(message),
        **mail_of(message),
        **counter_of(message),
        **awaited_of(message),
        **amended_of(message),
    }


def _answered(message: ThreadMessage) -> dict[str, str]:
    """Of a survey answer: what it is about, and where the log tells how it came in, for whom it is open."""
    topics = TOPIC_WORDS[Language(str(get_locale()))]
    answer_id = message.inserted.get("answer_id")
    may_read = answer_id is not None and viewer().may(Permission.READ_SURVEYS)
    return {
        "topics": ", ".join(topics[code] for code in message.inserted.get("topics", ()) if code in topics),
        "log_href": url_for("surveys.list_touches", answer=answer_id) if may_read else "",
    }


_KINDS = {
    MessageKind.CUSTOMER: "customer",
    MessageKind.AGENT: "agent",
    MessageKind.CALL: "agent",
    MessageKind.NOTE: "note",
    MessageKind.AUTOMATIC: "automatic",
    MessageKind.AUTO_REPLY: "automatic",
}
_SPOKEN = frozenset({MessageKind.CUSTOMER, MessageKind.AGENT, MessageKind.CALL})


def _author(message: ThreadMessage, called: Mapping[str | None, str]) -> str:
    if message.kind is MessageKind.AUTOMATIC:
        return "Comptoir"
    known = called.get(message.author_address)
    return message.author_name or known or message.author_address or gettext("Customer")


def _own_state(message: ThreadMessage) -> tuple[str, str]:
    """What a survey answer said, whether a call reached the customer."""
    if message.channel is Channel.SURVEY and "score" in message.inserted:
        score = int(message.inserted["score"])
        return words.score_words(score), "warn" if score == 1 else "info"
    if message.kind is not MessageKind.CALL:
        return "", "plain"
    reached = bool(message.inserted.get("has_reached"))
    return (gettext("customer reached"), "ok") if reached else (gettext("customer not reached"), "plain")


def _said_without_words(message: ThreadMessage, out: MessageRow | None) -> str:
    if message.channel is Channel.SURVEY and "score" in message.inserted:
        return gettext("Answered the survey without a comment.")
    if message.kind is MessageKind.AUTOMATIC:
        address = out.recipient if out else ""
        if message.inserted.get("template") == "delay_notice":
            return gettext("Delay notice, to %(address)s.", address=address or "–")
        return gettext("Acknowledgement with the expected delay, to %(address)s.", address=address or "–")
    return gettext("(no text)")


def _file(row: Any) -> dict[str, str]:
    return {
        "href": url_for("inbox.attachment", attachment_id=row.id),
        "name": row.name,
        "size": size_words(row.size_bytes),
        **file_of(row),
    }


def size_words(size_bytes: int) -> str:
    units = (("gigabyte", GIGABYTE), ("megabyte", MEGABYTE), ("kilobyte", KILOBYTE))
    unit, size = next((each for each in units if size_bytes >= each[1]), units[-1])
    value = max(1, round(size_bytes / size))
    shown: str = format_unit(value, f"digital-{unit}", length="short", locale=str(get_locale()))
    return shown


def fold_events(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Changes in a row become one line to open: the latest in words, and how many came before it."""
    folded: list[dict[str, Any]] = []
    for line in lines:
        last = folded[-1] if folded else {}
        if "event" in line and "event" in last:
            folded[-1] = {**line, "earlier": [*last.get("earlier", []), last]}
        else:
            folded.append(line)
    return folded
