"""The visitor of a chat in the reader's words: there or gone, and how an answer reaches him or her."""

from datetime import datetime

from flask_babel import format_time, gettext, to_user_timezone

from hub.inbox.queries import ChatRow, TicketView, is_readable


def chat_words(ticket: TicketView, chat: ChatRow | None, *, now: datetime) -> str:
    """One sentence above the composer; "" when the ticket has no chat."""
    if chat is None:
        return ""
    if chat.left_at is None:
        return gettext("The visitor is there and reads your answer at once.")
    at = format_time(to_user_timezone(chat.left_at), "short", rebase=False)
    if ticket.requester_address and "@" in ticket.requester_address:
        address = ticket.requester_address
        return gettext(
            "The visitor left at %(at)s. Your answer goes by mail to %(address)s.", at=at, address=address
        )
    if is_readable(chat, now=now):
        return gettext(
            "The visitor left at %(at)s without a mail address, and reads your answer on coming back.", at=at
        )
    return gettext("The visitor left at %(at)s without a mail address. An answer would not be read.", at=at)
