"""Conditions and exits of plans in the reader's words."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from babel import Locale
from babel.dates import format_date
from flask import g
from flask_babel import format_currency, get_locale, gettext, ngettext

from hub.blueprints.plan_negation_words import negated_words
from hub.orders.products.words import Why
from hub.orders.words import OrderState
from hub.plans.builtin import BUILTIN_PLANS
from hub.plans.definitions import AnyOf, Clause, Condition, Exit
from hub.plans.words import Ask, ExitReason, Trigger
from hub.stores.queries import find_chain

Params = Mapping[str, Any]
Names = Mapping[int, str]
MONDAY = date(2026, 3, 2)


def clause_words(clause: Clause, segments: Names) -> str:
    """`bought since the entry`, `has no phone number`, `answered the survey, or else has a phone number`."""
    if isinstance(clause, AnyOf):
        return gettext(", or else ").join(clause_words(part, segments) for part in clause.parts)
    if clause.is_not and clause.ask is Ask.CONSENT:
        return _consent(clause.params, is_not=True)
    if clause.is_not and (words := negated_words(clause.ask, clause.params)):
        return words
    words = _words(clause, segments)
    return gettext("not: %(condition)s", condition=words) if clause.is_not else words


def clauses_words(clauses: Sequence[Clause], segments: Names) -> str:
    """All of them; a choice between some is set apart where it does not stand alone."""
    said = [clause_words(clause, segments) for clause in clauses]
    apart = [
        f"({words})" if isinstance(clause, AnyOf) else words
        for clause, words in zip(clauses, said, strict=True)
    ]
    return gettext(" and ").join(apart if len(apart) > 1 else said)


def segment_ids(clauses: Sequence[Clause]) -> set[int]:
    """The segments that conditions name."""
    leaves = (leaf for clause in clauses for leaf in clause.leaves)
    return {leaf.params["id"] for leaf in leaves if leaf.ask is Ask.SEGMENT}


def _words(condition: Condition, segments: Names) -> str:
    params = condition.params
    if condition.ask is Ask.SEGMENT:
        name = segments.get(params["id"], str(params["id"]))
        return gettext("in the segment “%(name)s”", name=name)
    return SENTENCES[condition.ask](params)


def _purchased(params: Params) -> str:
    if days := params.get("days"):
        return ngettext(
            "bought within %(num)s day of the entry", "bought within %(num)s days of the entry", days
        )
    return gettext("bought since the entry")


def _amount(params: Params) -> str:
    is_above = params["side"] == "above"
    if params["against"] == "own":
        return (
            gettext("the order is above the customer's own average")
            if is_above
            else gettext("the order is not above the customer's own average")
        )
    return (
        gettext("the order is above the chain's average basket")
        if is_above
        else gettext("the order is not above the chain's average basket")
    )


def _basket_value(params: Params) -> str:
    least, most = params.get("at_least"), params.get("at_most")
    if least is not None and most is not None:
        return gettext("the basket is from %(least)s to %(most)s", least=_money(least), most=_money(most))
    if least is not None:
        return gettext("the basket is at least %(least)s", least=_money(least))
    return gettext("the basket is at most %(most)s", most=_money(most or 0))


def _money(cents: int) -> str:
    """In the currency of the chain; whole amounts without cents."""
    amount = Decimal(cents) / 100
    if "chain_currency" not in g:
        chain = find_chain()
        g.chain_currency = chain.currency if chain else "EUR"
    currency = g.chain_currency
    if cents % 100:
        return str(format_currency(amount, currency))
    form = (get_locale() or Locale("fr")).currency_formats["standard"].pattern
    return str(format_currency(amount, currency, format=form.replace(".00", ""), currency_digits=False))


def _basket(params: Params) -> str:
    return {
        "paid": gettext("the basket is paid"),
        "emptied": gettext("the basket is emptied"),
        "changed": gettext("the basket was changed"),
    }[params["state"]]


def _order_reached(params: Params) -> str:
    return {
        OrderState.PLACED: gettext("the order is placed or farther"),
        OrderState.PAID: gettext("the order is paid or farther"),
        OrderState.SHIPPED: gettext("the order is shipped or farther"),
        OrderState.READY: gettext("the order is ready for collection or farther"),
        OrderState.DELIVERED: gettext("the order is delivered or collected"),
    }[OrderState(params["least"])]


def _reacted(one: Callable[[], str], of_step: Callable[[str], str]) -> Callable[[Params], str]:
    def say(params: Params) -> str:
        words = of_step(params["step"]) if params.get("step") else one()
        if days := params.get("for_days"):
            after = ngettext("%(num)s day after the sending", "%(num)s days after the sending", days)
            return f"{words} ({after})"
        return words

    return say


def _listed(params: Params) -> str:
    return ", ".join(str(each) for each in params["in"])


def _weekdays(params: Params) -> str:
    names = [
        format_date(MONDAY + timedelta(days=day), "EEEE", locale=str(get_locale())) for day in params["in"]
    ]
    return gettext("on %(days)s", days=", ".join(names))


def _consent(params: Params, *, is_not: bool = False) -> str:
    purposes = {
        "promotion": gettext("the offers"),
        "newsletter": gettext("the newsletter"),
        "survey": gettext("the surveys"),
    }
    channels = {"email": gettext("by mail"), "sms": gettext("by SMS"), "whatsapp": gettext("by WhatsApp")}
    purpose, channel = purposes[params["purpose"]], channels[params["channel"]]
    if is_not:
        return gettext("does not agree to %(purpose)s %(channel)s", purpose=purpose, channel=channel)
    return gettext("agrees to %(purpose)s %(channel)s", purpose=purpose, channel=channel)


def _has_product(params: Params) -> str:
    named = " / ".join(str(params[name]) for name in ("sku", "family") if params.get(name))
    return gettext("owns %(product)s", product=named)


def _devices(params: Params) -> str:
    names = {"desktop": gettext("computer"), "phone": gettext("phone"), "tablet": gettext("tablet")}
    return gettext("on a %(device)s", device=", ".join(names[each] for each in params["in"]))


def suggestion_words(why: Why) -> str:
    """What there is to recommend."""
    return {
        Why.COMPLEMENT: gettext("a product completes the order, and the customer does not own it"),
        Why.BETTER_RANGE: gettext("there is a better range than what was bought"),
        Why.NEXT_OF_CYCLE: gettext("a product of the order is used up, or another one follows it"),
        Why.RENEWAL: gettext("the life of a product is over"),
    }[why]


def _in_plan(params: Params) -> str:
    names = {plan.key: (plan.name_fr, plan.name_en) for plan in BUILTIN_PLANS}
    key = params["plan"]
    name = names.get(key, (key, key))[str(get_locale()) == "en"]
    if days := params.get("days"):
        return ngettext(
            "in the plan “%(name)s”, or out of it for less than %(num)s day",
            "in the plan “%(name)s”, or out of it for less than %(num)s days",
            days,
            name=name,
        )
    return gettext("in the plan “%(name)s”", name=name)


SENTENCES: Mapping[Ask, Callable[[Params], str]] = {
    Ask.PURCHASED: _purchased,
    Ask.AMOUNT: _amount,
    Ask.BASKET_VALUE: _basket_value,
    Ask.BASKET: _basket,
    Ask.ORDER_REACHED: _order_reached,
    Ask.OPENED: _reacted(
        lambda: gettext("opened a message of the plan"),
        lambda step: gettext("opened the message “%(step)s”", step=step),
    ),
    Ask.CLICKED: _reacted(
        lambda: gettext("clicked in a message of the plan"),
        lambda step: gettext("clicked in the message “%(step)s”", step=step),
    ),
    Ask.ENGAGED: _reacted(
        lambda: gettext("clicked in or opened a message of the plan"),
        lambda step: gettext("clicked in or opened the message “%(step)s”", step=step),
    ),
    Ask.TIER: lambda params: gettext("in the tier %(tiers)s", tiers=_listed(params)),
    Ask.STAGE: lambda params: gettext("in the stage %(stages)s", stages=_listed(params)),
    Ask.CONSENT: _consent,
    Ask.HAS_PRODUCT: _has_product,
    Ask.DEVICE: _devices,
    Ask.WEEKDAY: _weekdays,
    Ask.REGION: lambda params: f"{params['property']} = {params['value']}",
    Ask.KNOWN_CUSTOMER: lambda _: gettext("had ordered before"),
    Ask.VALUE_TOP: lambda params: gettext(
        "among the %(percent)s %% of the highest value", percent=params["percent"]
    ),
    Ask.CHURN_BELOW: lambda params: gettext("churn score below %(points)s", points=params["points"]),
    Ask.ANSWERED: lambda _: gettext("answered the survey"),
    Ask.FIRST_MESSAGE_SENT: lambda _: gettext("the first message was sent"),
    Ask.CODE_USED: lambda _: gettext("used the code of this plan"),
    Ask.PHONE_KNOWN: lambda _: gettext("has a phone number"),
    Ask.SUGGESTED: lambda params: suggestion_words(Why(params["why"])),
    Ask.IN_PLAN: _in_plan,
    Ask.ENTERED_BY: lambda params: gettext(
        "entered by: %(trigger)s", trigger=trigger_words(Trigger(params["trigger"]))
    ),
}


def trigger_words(trigger: Trigger) -> str:
    """What lets customers in."""
    words = {
        Trigger.ORDER_PLACED: gettext("order placed"),
        Trigger.ORDER_PAID: gettext("order paid"),
        Trigger.ORDER_SHIPPED: gettext("order shipped"),
        Trigger.ORDER_READY: gettext("order ready for collection"),
        Trigger.ORDER_DELIVERED: gettext("order delivered or collected"),
        Trigger.FIRST_ORDER: gettext("first order"),
        Trigger.ACCOUNT_CREATED: gettext("account created"),
        Trigger.NEWSLETTER_JOINED: gettext("newsletter joined"),
        Trigger.INACTIVE: gettext("no order for months"),
        Trigger.DATE: gettext("a date of the customer"),
        Trigger.BASKET_LEFT: gettext("basket left"),
        Trigger.NO_SIGN_OF_LIFE: gettext("no sign of life for months"),
        Trigger.CHURN_BELOW: gettext("churn score below a threshold"),
        Trigger.EVENT: gettext("an event of the shop"),
        Trigger.BY_HAND: gettext("by hand"),
    }
    return words[trigger]


def exit_words(reason: ExitReason) -> str:
    """Why somebody left."""
    words = {
        ExitReason.COMPLETED: gettext("went to the end"),
        ExitReason.PURCHASED: gettext("bought again"),
        ExitReason.CANCELLED: gettext("order cancelled"),
        ExitReason.RETURNED: gettext("order returned"),
        ExitReason.ANSWERED: gettext("answered"),
        ExitReason.REFUSED: gettext("the customer refused"),
        ExitReason.TICKET_OPEN: gettext("a ticket was open"),
        ExitReason.ASKED_RECENTLY: gettext("asked in the last 30 days"),
        ExitReason.REVIEWED: gettext("reviewed every product"),
        ExitReason.BASKET_PAID: gettext("basket paid"),
        ExitReason.BASKET_EMPTIED: gettext("basket emptied"),
        ExitReason.BASKET_CHANGED: gettext("basket changed"),
        ExitReason.LIFE_SIGN: gettext("sign of life"),
        ExitReason.BOUNCED: gettext("address does not work"),
        ExitReason.BY_HAND: gettext("taken out by hand"),
        ExitReason.PLAN_OFF: gettext("plan switched off"),
        ExitReason.MERGED: gettext("customers merged"),
    }
    return words[reason]


def ends_words(ends: Exit) -> str:
    """An exit of a plan with its limit of days."""
    words = exit_words(ends.reason)
    if days := ends.params.get("days"):
        within = ngettext("within %(num)s day", "within %(num)s days", days)
        return f"{words} ({within})"
    return words
