"""What the thread shows of files that came with a text and are fetched later: how many are on their way, and why one is not."""

from typing import Any

from flask_babel import gettext, ngettext

from hub.inbox.queries import ThreadMessage
from hub.inbox.words import AwaitedState

AWAITED = "awaited_files"


def awaited_of(message: ThreadMessage) -> dict[str, Any]:
    """`awaited` is a sentence while files are fetched, else ""; `not_fetched` a sentence for each that could not be."""
    shown = message.inserted.get(AWAITED, ())
    count = sum(1 for word in shown if word == AwaitedState.WAITING)
    awaited = ngettext("%(num)s file is being fetched.", "%(num)s files are being fetched.", count)
    return {
        "awaited": awaited if count else "",
        "not_fetched": tuple(_reason_words(word) for word in shown if word not in set(AwaitedState)),
    }


def _reason_words(word: str) -> str:
    """Why, and what to do about it; the words are those of MediaFault and of the fetching."""
    known = {
        "gone": gettext("the provider has deleted it"),
        "not_there": gettext("the provider does not have it"),
        "too_large": gettext("it is larger than 20 MB"),
        "empty": gettext("it is empty"),
        "refused": gettext("the provider refuses our account; check its settings"),
        "no_account": gettext("no account of the provider is set up"),
        "forbidden_host": gettext("its address leads away from the provider"),
    }
    why = known.get(word, gettext("the provider did not answer"))
    return gettext("A picture or file could not be fetched: %(why)s.", why=why)
