"""What lets customers into a plan, in the reader's words, with what the plan says of it."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext, ngettext

from hub.blueprints.plan_condition_words import trigger_words
from hub.plans.occurring.baskets import MINUTES
from hub.plans.occurring.dates import BIRTH, FIRST_ORDER, MONTH_START, PROPERTY, REGISTERED
from hub.plans.words import Trigger

Params = Mapping[str, Any]
SILENCES = frozenset({Trigger.INACTIVE, Trigger.NO_SIGN_OF_LIFE})


def entered_by(trigger: Trigger, params: Params) -> str:
    """`no order for 6 months`, `birthday, on the first day of its month`."""
    words = WORDS.get(trigger)
    return words(params) if words else trigger_words(trigger)


def _date_words(params: Params) -> str:
    of = str(params["of"])
    named = {
        BIRTH: gettext("birthday; where it is not known, the day of the first order or of the registration"),
        FIRST_ORDER: gettext("anniversary of the first order"),
        REGISTERED: gettext("anniversary of the registration"),
    }
    date = named.get(of) or gettext("the date “%(name)s” each year", name=of.removeprefix(PROPERTY))
    if params["at"] == MONTH_START:
        return gettext("%(date)s: on the first day of its month", date=date)
    return gettext("%(date)s: on the day itself", date=date)


def _basket_words(params: Params) -> str:
    minutes = int(params.get("minutes") or MINUTES)
    left = ngettext("basket left for %(num)s minute", "basket left for %(num)s minutes", minutes)
    if params.get("waits_for_files"):
        return gettext(
            "%(basket)s, once the stores have told of the day (at noon the next day at the latest)",
            basket=left,
        )
    return left


WORDS: Mapping[Trigger, Callable[[Params], str]] = {
    Trigger.INACTIVE: lambda params: ngettext(
        "no order for %(num)s month", "no order for %(num)s months", params["months"]
    ),
    Trigger.NO_SIGN_OF_LIFE: lambda params: ngettext(
        "no sign of life for %(num)s month", "no sign of life for %(num)s months", params["months"]
    ),
    Trigger.DATE: _date_words,
    Trigger.BASKET_LEFT: _basket_words,
    Trigger.EVENT: lambda params: gettext("the event “%(name)s”", name=params["name"]),
    Trigger.CHURN_BELOW: lambda params: gettext("churn score below %(points)s", points=params["points"]),
}


def beginning_words(triggers: tuple[Trigger, ...], params: Params) -> str:
    """Who of those already silent enters when the plan is switched on; "" for plans that do not look for silence."""
    if not SILENCES.intersection(triggers):
        return ""
    if days := params.get("catch_up_days"):
        return ngettext(
            "who became silent in the last %(num)s day before",
            "who became silent in the last %(num)s days before",
            days,
        )
    return gettext("only who becomes silent from then on")
