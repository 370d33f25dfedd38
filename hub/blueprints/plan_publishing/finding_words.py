"""What was found in a plan in the reader's words: what is wrong, with its numbers, and what to do."""

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import format_date, gettext, ngettext

from hub.blueprints.customer_words import language_words
from hub.blueprints.message_names import purpose_words
from hub.blueprints.plan_condition_words import clause_words
from hub.blueprints.plan_publishing.base import Names
from hub.plans.checking.findings import Fault, Finding
from hub.plans.words import Never

Values = Mapping[str, Any]
DAY_MINUTES = 24 * 60
HOUR_MINUTES = 60


def sentence(finding: Finding, names: Names) -> str:
    """One sentence or two, ready for the page."""
    return SENTENCES[finding.fault](finding.values, names)


def span_words(minutes: int) -> str:
    """`3 days`, `2 hours`, `30 minutes`."""
    if minutes and minutes % DAY_MINUTES == 0:
        return str(ngettext("%(num)s day", "%(num)s days", minutes // DAY_MINUTES))
    if minutes and minutes % HOUR_MINUTES == 0:
        return str(ngettext("%(num)s hour", "%(num)s hours", minutes // HOUR_MINUTES))
    return str(ngettext("%(num)s minute", "%(num)s minutes", minutes))


def _no_exit(values: Values, names: Names) -> str:
    return ngettext(
        "%(num)s message advertises to customers who have bought meanwhile (“%(step)s”). Please let a purchase end the plan, or ask “not bought since the entry” in this step.",
        "%(num)s messages advertise to customers who have bought meanwhile (the first is “%(step)s”). Please let a purchase end the plan, or ask “not bought since the entry” in these steps.",
        values["count"],
        step=names.step(values["step"]),
    )


def _always_late(values: Values, names: Names) -> str:
    return gettext(
        "It is due %(back)s before “%(before)s”, which comes first, and is dropped after %(expires)s: it would never run. Please give it a later day, or move it up.",
        back=span_words(values["minutes"]),
        before=names.step(values["before"]),
        expires=span_words(values["expires"]),
    )


def _weak_purpose(values: Values, names: Names) -> str:
    return gettext(
        "“%(template)s” is written for %(wanted)s, and would be sent as %(purpose)s, without the consent that it needs. Please choose the purpose “%(wanted)s”, or another message.",
        template=names.template(values["template"]),
        wanted=purpose_words(values["wanted"]),
        purpose=purpose_words(values["purpose"]),
    )


def _other_purpose(values: Values, names: Names) -> str:
    return gettext(
        "“%(template)s” is written for %(wanted)s, and is sent as %(purpose)s: it will be refused to customers who did not agree to that.",
        template=names.template(values["template"]),
        wanted=purpose_words(values["wanted"]),
        purpose=purpose_words(values["purpose"]),
    )


def _no_translation(values: Values, names: Names) -> str:
    return ngettext(
        "“%(template)s” is not published in %(language)s, which %(num)s customer is written to in: this step would be left out for them. Please publish that language, or choose another message.",
        "“%(template)s” is not published in %(language)s, which %(num)s customers are written to in: this step would be left out for them. Please publish that language, or choose another message.",
        values["count"],
        template=names.template(values["template"]),
        language=language_words(values["language"]),
    )


def _no_sms(values: Values, names: Names) -> str:
    return gettext(
        "“%(template)s” has no SMS text in %(language)s. Please write one, or send this step by mail.",
        template=names.template(values["template"]),
        language=language_words(values["language"]),
    )


VALUE_HINTS: Mapping[str, Callable[[], str]] = {
    "promo_": lambda: gettext(
        "Please put a step that gives a promo code before it, or choose codes in this step."
    ),
    "order_": lambda: gettext(
        "Please choose a message that speaks of no order, or let customers in by an order."
    ),
    "basket_": lambda: gettext(
        "Please choose a message that speaks of no basket, or let customers in by a basket left."
    ),
    "erasure_": lambda: gettext(
        "Please put a step that plans the deletion into the plan, or choose another message."
    ),
    "shop_": lambda: gettext("Please give the address of the shop on the page of the chain."),
}


def _no_value(values: Values, names: Names) -> str:
    hint = next(
        (say() for start, say in VALUE_HINTS.items() if values["name"].startswith(start)),
        gettext("Please choose another message."),
    )
    return gettext(
        "“%(template)s” cannot leave without the value %(name)s, which nothing in this plan gives. %(hint)s",
        template=names.template(values["template"]),
        name=values["name"],
        hint=hint,
    )


def _pool_small(values: Values, _names: Names) -> str:
    return gettext(
        "“%(pool)s” has %(left)s codes left; in %(days)s days about %(wanted)s are needed, going by the entries of the last %(days)s days. Please add codes.",
        pool=values["pool"],
        left=values["left"],
        wanted=values["wanted"],
        days=values["days"],
    )


def _review_gating(values: Values, names: Names) -> str:
    return gettext(
        "“%(template)s” invites to publish a review, and “%(condition)s” decides who gets it. Everybody who answers is invited alike, whatever the score: please take the condition away, or give the other way the same link on the same day.",
        template=names.template(values["template"]),
        condition=clause_words(values["clause"], names.segments),
    )


def never_words(reason: Never) -> str:
    words = {
        Never.NOTHING_SENT: gettext("no message leaves before it"),
        Never.NO_MESSAGE: gettext("that step sends nothing"),
        Never.IS_OFF: gettext("that step is switched off"),
        Never.COMES_LATER: gettext("that step comes later"),
        Never.OTHER_BRANCH: gettext("that step stands on another way"),
        Never.BOTH_WAYS: gettext("the same is asked both ways round"),
        Never.NO_CODE: gettext("no step before it gives a code"),
        Never.NO_BASKET: gettext("customers do not enter with a basket"),
        Never.NO_ORDER: gettext("customers do not enter with an order"),
        Never.OTHER_ENTRY: gettext("nobody enters that way"),
    }
    return words[reason]


def _never_true(values: Values, names: Names) -> str:
    reason = never_words(values["reason"])
    if "clause" not in values:
        return gettext("Its conditions can never be true: %(reason)s. Please change them.", reason=reason)
    return gettext(
        "“%(condition)s” can never be true here: %(reason)s. Please change the condition.",
        condition=clause_words(values["clause"], names.segments),
        reason=reason,
    )


def _backwards(values: Values, names: Names) -> str:
    return gettext(
        "It is due %(back)s before “%(before)s”, which comes first: it would run right after that one.",
        back=span_words(values["minutes"]),
        before=names.step(values["before"]),
    )


def _no_room(values: Values, _names: Names) -> str:
    return ngettext(
        "Whoever got the message before it does not get this one: the cap (%(num)s in %(cap_days)s days) has room again only %(wait)s after its day, and it is dropped after %(expires)s. Please send it later, let it wait longer, or raise the cap under “Caps and hours”.",
        "Whoever got the %(num)s messages before it does not get this one: the cap (%(num)s in %(cap_days)s days) has room again only %(wait)s after its day, and it is dropped after %(expires)s. Please send it later, let it wait longer, or raise the cap under “Caps and hours”.",
        values["count"],
        cap_days=values["cap_days"],
        wait=span_words(values["wait_days"] * DAY_MINUTES),
        expires=span_words(values["expires"]),
    )


def _code_over(values: Values, _names: Names) -> str:
    return gettext(
        "It shows a code of “%(pool)s” %(days)s days after it was given; that code ends after %(valid)s days. Please let codes count longer, or send this message sooner.",
        pool=values["pool"],
        days=values["days"],
        valid=values["valid"],
    )


def _pool_over(values: Values, _names: Names) -> str:
    return gettext(
        "“%(pool)s” ends on %(day)s, before this step can use it (%(after)s after the entry). Please choose another pool, or let it end later under “Promo codes”.",
        pool=values["pool"],
        day=format_date(values["ends_at"], "long"),
        after=span_words(values["minutes"]),
    )


SENTENCES: Mapping[Fault, Callable[[Values, Names], str]] = {
    Fault.UNREACHABLE: lambda _v, _n: gettext(
        "No way leads here: nobody would ever come to this step. Please lead a step or a fork to it, or take it out."
    ),
    Fault.NO_EXIT: _no_exit,
    Fault.NEEDED_STEP: lambda v, _n: gettext(
        "The step “%(key)s” is missing: answers of customers lead to it. Please put it back; it may be switched off.",
        key=v["key"],
    ),
    Fault.ALWAYS_LATE: _always_late,
    Fault.NO_PURPOSE: lambda v, _n: gettext(
        "A plan cannot send as %(purpose)s. Please choose what customers are asked for.",
        purpose=purpose_words(v["purpose"]),
    ),
    Fault.WEAK_PURPOSE: _weak_purpose,
    Fault.NOT_FOR_CUSTOMERS: lambda v, n: gettext(
        "“%(template)s” is written for colleagues or for one ticket, not for the customers of a plan. Please choose another message.",
        template=n.template(v["template"]),
    ),
    Fault.NO_TEMPLATE: lambda v, n: gettext(
        "“%(template)s” is not published. Please publish it, or choose another message.",
        template=n.template(v["template"]),
    ),
    Fault.NO_TRANSLATION: _no_translation,
    Fault.NO_SMS_TEXT: _no_sms,
    Fault.NO_VALUE: _no_value,
    Fault.NO_POOL: lambda v, _n: gettext(
        "The promo codes “%(pool)s” do not exist or are closed. Please choose other ones, or make them under “Promo codes”.",
        pool=v["pool"],
    ),
    Fault.POOL_OVER: _pool_over,
    Fault.POOL_EMPTY: lambda v, _n: gettext(
        "“%(pool)s” has no code left; about %(wanted)s are needed in %(days)s days. Please add codes under “Promo codes”.",
        pool=v["pool"],
        wanted=v["wanted"],
        days=v["days"],
    ),
    Fault.CODE_OVER: _code_over,
    Fault.REVIEW_GATING: _review_gating,
    Fault.NEVER_TRUE: _never_true,
    Fault.NEVER_ENTERED: lambda v, n: gettext("Nobody can enter. %(why)s", why=_never_true(v, n)),
    Fault.NO_SEGMENT: lambda _v, _n: gettext(
        "A condition asks for a segment that does not exist any more. Please choose another one."
    ),
    Fault.NO_TIER: lambda v, _n: gettext(
        "A condition asks for the tier “%(tier)s”, which does not exist. Please choose another one.",
        tier=v["tier"],
    ),
    Fault.NO_PROPERTY: lambda v, _n: gettext(
        "The property “%(property)s” does not exist any more. Please choose another one.",
        property=v["property"],
    ),
    Fault.BACKWARDS: _backwards,
    Fault.QUIET_HOURS: lambda v, _n: gettext(
        "It is dropped after %(expires)s, and nothing may arrive for up to %(closed)s at night or on Sundays: what falls due then never leaves. Please let it wait longer, or give it an hour of the day.",
        expires=span_words(v["minutes"]),
        closed=span_words(v["closed"]),
    ),
    Fault.NO_ROOM: _no_room,
    Fault.OTHER_PURPOSE: _other_purpose,
    Fault.SMS_UNASKED: lambda v, _n: gettext(
        "No condition asks whether the customer agrees to %(purpose)s by SMS: who does not gets nothing here. Please ask it, and lead the others another way.",
        purpose=purpose_words(v["purpose"]),
    ),
    Fault.POOL_SMALL: _pool_small,
    Fault.POOL_ENDS: lambda v, _n: gettext(
        "“%(pool)s” ends on %(day)s: who enters later gets no code.",
        pool=v["pool"],
        day=format_date(v["ends_at"], "long"),
    ),
    Fault.POOL_UNSHOWN: lambda v, n: gettext(
        "It has promo codes (“%(pool)s”), and its message shows none: no code is given.",
        pool=n.pool(v["pool"]),
    ),
    Fault.NO_REGION_WORD: lambda v, _n: gettext(
        "Nothing has ever said “%(word)s = %(value)s” of a region. Please check the spelling.",
        word=v["word"],
        value=v["value"],
    ),
    Fault.NO_CONTROL: lambda v, _n: ngettext(
        "This plan advertises by %(num)s message and has no control group: what it earns cannot be told from what would have been bought anyway.",
        "This plan advertises by %(num)s messages and has no control group: what it earns cannot be told from what would have been bought anyway.",
        v["count"],
    ),
}
