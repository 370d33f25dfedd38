"""The messages of one customer as staff sees them: sent or not and why, and the text exactly as the customer saw it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext

from hub.blueprints import customer_words as words
from hub.blueprints.access import viewer
from hub.blueprints.inbox.words import channel_words
from hub.content.naming import get_template_names
from hub.content.rendering import Rendered
from hub.core.errors import HubError, NotFound
from hub.core.text import N_
from hub.core.words import Purpose
from hub.outbox.blocked import REFUSED, UNKNOWN, why_of
from hub.outbox.queries import AttemptRow, MessageRow, get_content, get_message, is_set_up, list_attempts
from hub.outbox.tracking.queries import ClickRow, get_first_clicks, list_clicks
from hub.outbox.tracking.words import Sign, Visitor
from hub.outbox.words import AttemptOutcome, MessageState, ReceiptKind
from hub.staff.words import Permission

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a message may do in its frame: be read. No script, no link into our pages, no picture from elsewhere."""


@dataclass(frozen=True)
class Copy:
    """A message with its content as it left, or would have; `content` is None when its text could not be made."""

    message: MessageRow
    name: str
    content: Rendered | None
    attempts: Sequence[AttemptRow]
    clicks: Sequence[ClickRow]


def rows_of(messages: Sequence[MessageRow]) -> list[dict[str, Any]]:
    """Lines of the list, with the names of all templates looked up at once."""
    names = get_template_names({row.template_version_id for row in messages})
    clicked = get_first_clicks([row.id for row in messages])
    rows = []
    for row in messages:
        state, tone = _outcome(row, is_clicked=row.id in clicked)
        rows.append(
            {
                "what": words.template_words(names.get(row.template_version_id), row.purpose),
                "href": _href(row) if row.customer_id and may_read(row) else "",
                "purpose": words.purpose_words(row.purpose),
                "at": row.accepted_at or row.ended_at or row.due_at,
                "channel": channel_words(row.channel),
                "to": row.recipient or "–",
                "state": state,
                "tone": tone,
                "why": explain(row),
            }
        )
    return rows


def _outcome(row: MessageRow, *, is_clicked: bool) -> tuple[str, str]:
    """What became of it; a person's click says more than the mailbox."""
    if is_clicked and row.state in {MessageState.ACCEPTED, MessageState.DELIVERED}:
        return gettext("The customer opened a link"), "ok"
    return words.message_state(row)


def click_words(click: ClickRow) -> tuple[str, str, str]:
    """Who opened a link, the tone, and what speaks for a machine."""
    why = {
        Sign.NONE: "",
        Sign.HEAD: gettext("It asked without loading the page."),
        Sign.TOO_EARLY: gettext("It came before anybody could have read the mail."),
        Sign.AGENT: gettext("It says that it is a program."),
        Sign.NETWORK: gettext("It came from the scanner %(name)s.", name=click.network or "–"),
        Sign.ALL_LINKS: gettext("It opened all links within seconds."),
        Sign.SAME_SOURCE: gettext("It came right after a machine, from the same place."),
    }
    is_person = click.label is Visitor.HUMAN
    return (
        gettext("A person") if is_person else gettext("A machine"),
        "ok" if is_person else "plain",
        why[click.sign],
    )


def explain(row: MessageRow) -> str:
    """Why it waits or was not sent; "" for a message that left, or will as planned."""
    known = {
        REFUSED: gettext("The provider refused it."),
        UNKNOWN: gettext("Nobody knows whether it left."),
    }
    said = []
    if row.is_waiting and not is_set_up(row.channel):
        said.append(gettext("It waits: %(channel)s is not set up.", channel=channel_words(row.channel)))
    if row.reason is not None or row.state in {MessageState.FAILED, MessageState.UNKNOWN}:
        why = why_of(row.state, row.reason)
        said.append(known.get(why) or words.block_words(why))
    return " ".join(said)


def open_copy(customer_id: int, outbound_id: int) -> Copy:
    """Raises NotFound for a message of somebody else, and for a reply of a store that the reader does not see."""
    row = get_message(outbound_id)
    if row.customer_id != customer_id or not may_read(row):
        raise NotFound(N_("There is no such message. Please reload the page."))
    names = get_template_names([row.template_version_id])
    return Copy(
        message=row,
        name=words.template_words(names.get(row.template_version_id), row.purpose),
        content=_content(outbound_id),
        attempts=list_attempts(outbound_id),
        clicks=list_clicks(outbound_id),
    )


def may_read(row: MessageRow) -> bool:
    """What belongs to a ticket is read by those who may read that ticket; the rest by whoever reads the customer."""
    is_of_ticket = row.purpose is Purpose.REPLY or row.source_kind == "ticket"
    me = viewer()
    return not is_of_ticket or (me.may(Permission.READ_TICKETS) and me.scope.has_store(row.store_id))


def _content(outbound_id: int) -> Rendered | None:
    try:
        return get_content(outbound_id)
    except HubError:
        return None


def _href(row: MessageRow) -> str:
    return url_for("customers.message", customer_id=row.customer_id, outbound_id=row.id)


def attempt_words(kind: AttemptOutcome | ReceiptKind) -> tuple[str, str]:
    """What one call or one report said, and its tone."""
    found: dict[AttemptOutcome | ReceiptKind, tuple[str, str]] = {
        AttemptOutcome.ACCEPTED: (gettext("Taken by the provider"), "ok"),
        AttemptOutcome.TEMPORARY: (gettext("Refused for now"), "warn"),
        AttemptOutcome.PERMANENT: (gettext("Refused for good"), "late"),
        AttemptOutcome.OURS: (gettext("Refused because of our set-up"), "late"),
        AttemptOutcome.UNKNOWN: (gettext("No answer"), "warn"),
        ReceiptKind.DELIVERED: (gettext("Delivered"), "ok"),
        ReceiptKind.HARD_BOUNCE: (gettext("Came back: the address does not exist"), "late"),
        ReceiptKind.SOFT_BOUNCE: (gettext("Came back for now"), "warn"),
        ReceiptKind.SENDER_FAULT: (gettext("Came back because of our set-up"), "late"),
        ReceiptKind.CONTENT_FAULT: (gettext("Came back because of its content"), "late"),
        ReceiptKind.COMPLAINT: (gettext("Reported as spam"), "late"),
        ReceiptKind.UNSUBSCRIBE: (gettext("Asked the provider to hear no more"), "warn"),
        ReceiptKind.AUTO: (gettext("Answered by a machine"), "plain"),
    }
    return found[kind]
