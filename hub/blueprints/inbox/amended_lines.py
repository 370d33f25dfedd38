"""What the thread shows of a note that its author changed: when, and what it was before."""

from datetime import datetime
from typing import Any

from flask_babel import format_datetime, gettext

from hub.inbox.actions.amending import FORMER
from hub.inbox.queries import ThreadMessage


def amended_of(message: ThreadMessage) -> dict[str, Any]:
    """`edited` is a sentence or ""; `former` the texts and names it had, the latest first."""
    at = message.edited_at
    return {
        "edited": gettext("Edited on %(moment)s", moment=_moment(at)) if at else "",
        "former": tuple(_former(each) for each in reversed(message.inserted.get(FORMER, ()))),
    }


def _former(each: dict[str, Any]) -> dict[str, str]:
    until = gettext("Until %(moment)s", moment=_moment(datetime.fromisoformat(each["at"])))
    if "from_name" in each:
        text = str(gettext("%(name)s was called %(former)s", name=each["name"], former=each["from_name"]))
    else:
        text = str(each["from_text"])
    return {"until": until, "text": text}


def _moment(at: datetime) -> str:
    return str(format_datetime(at, "d MMM, HH:mm"))
