"""Conditions of plans that must not hold, said as people say it; the others are told by their opposite."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext

from hub.plans.words import Ask

Params = Mapping[str, Any]


def negated_words(ask: Ask, params: Params) -> str:
    """`has no phone number`; "" where there are no words of its own."""
    words = WORDS.get(ask)
    return "" if words is None or any(params.get(name) for name in ("days", "for_days", "step")) else words()


WORDS: Mapping[Ask, Callable[[], str]] = {
    Ask.PURCHASED: lambda: gettext("has not bought since the entry"),
    Ask.OPENED: lambda: gettext("opened no message of the plan"),
    Ask.CLICKED: lambda: gettext("clicked in no message of the plan"),
    Ask.ENGAGED: lambda: gettext("neither clicked in nor opened a message of the plan"),
    Ask.KNOWN_CUSTOMER: lambda: gettext("had never ordered before"),
    Ask.ANSWERED: lambda: gettext("did not answer the survey"),
    Ask.FIRST_MESSAGE_SENT: lambda: gettext("the first message was not sent"),
    Ask.CODE_USED: lambda: gettext("did not use the code of this plan"),
    Ask.PHONE_KNOWN: lambda: gettext("has no phone number"),
}
