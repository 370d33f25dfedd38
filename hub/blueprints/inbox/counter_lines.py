"""What the thread shows of a contact noted on a store's tablet: when it reached the hub, and the answer wished for."""

from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_date, format_datetime, gettext

from hub.inbox.queries import ThreadMessage
from hub.inbox.words import AnswerBy

AT_ONCE = timedelta(minutes=2)


def counter_of(message: ThreadMessage) -> dict[str, Any]:
    """`noted`: sentences about an entry of the counter; none for any other message."""
    evidence = message.inserted.get("counter")
    if not evidence:
        return {"noted": ()}
    received_at = datetime.fromisoformat(evidence["received_at"])
    is_late = received_at - datetime.fromisoformat(evidence["noted_at"]) > AT_ONCE
    moment = format_datetime(received_at, "d MMM, HH:mm")
    late = gettext(
        "Noted on the store's tablet without a network; the hub has it since %(moment)s.", moment=moment
    )
    return {"noted": tuple(filter(None, (late if is_late else "", _wish_words(evidence))))}


def _wish_words(evidence: dict[str, Any]) -> str:
    wish = {
        AnswerBy.MAIL: gettext("The customer wants an answer by mail"),
        AnswerBy.PHONE: gettext("The customer wants to be called"),
        AnswerBy.STORE: gettext("The customer comes back to the store for the answer"),
        AnswerBy.NONE: gettext("Settled on the spot"),
    }[AnswerBy(evidence["answer_by"])]
    until = evidence.get("answer_until_on")
    if not until or evidence["answer_by"] == AnswerBy.NONE:
        return f"{wish}."
    day = format_date(date.fromisoformat(until), "EEEE d MMMM", rebase=False)
    return gettext("%(wish)s, by %(day)s.", wish=wish, day=day)
