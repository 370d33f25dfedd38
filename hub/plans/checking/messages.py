"""Checks of what a plan sends: purpose, translation, short form, the values it cannot give, hours that outlast the expiry. Pure."""

from collections.abc import Iterator

from hub.core.words import Channel, Purpose
from hub.plans.checking.findings import Fault, Finding, found
from hub.plans.checking.known import Known, KnownTemplate
from hub.plans.checking.ways import Ways
from hub.plans.definitions import Step
from hub.plans.words import Anchor, Ask, StepKind, Trigger

ADVERTISING = frozenset({Purpose.PROMOTION, Purpose.NEWSLETTER})
FOR_CUSTOMERS = ADVERTISING | {Purpose.SURVEY, Purpose.SERVICE, Purpose.TRANSACTIONAL}
STRICTNESS = {
    Purpose.TRANSACTIONAL: 0,
    Purpose.SERVICE: 1,
    Purpose.SURVEY: 2,
    Purpose.NEWSLETTER: 3,
    Purpose.PROMOTION: 3,
}
"""What a message may be without being asked for; a letter never leaves under a purpose that asks for less than its own."""
CODE = frozenset({"promo_code", "promo_ends_on", "promo_terms"})
ORDER = frozenset({"order_number", "order_day", "order_items", "order_total", "product_review_url"})
OTHERS = frozenset(
    {"accept_url", "confirm_url", "page_url", "refusal_reason", "reply_text", "reset_url", "ticket_url"}
)
"""What only other rooms have to say: a letter that needs it is sent by them alone."""
BOXES = frozenset({"very_satisfied_url", "satisfied_url", "not_satisfied_url"})
ORDERING = frozenset(
    {
        Trigger.ORDER_PLACED,
        Trigger.ORDER_PAID,
        Trigger.ORDER_SHIPPED,
        Trigger.ORDER_READY,
        Trigger.ORDER_DELIVERED,
        Trigger.FIRST_ORDER,
    }
)
"""Triggers that bring an order with them."""


def check_messages(ways: Ways, known: Known) -> Iterator[Finding]:
    for step in ways.definition.steps:
        if step.is_send and step.is_on and step.key in ways.reached:
            yield from _check_step(ways, step, known)


def _check_step(ways: Ways, step: Step, known: Known) -> Iterator[Finding]:
    if step.purpose not in FOR_CUSTOMERS:
        yield found(Fault.NO_PURPOSE, step.key, purpose=step.purpose)
    for key in dict.fromkeys(step.templates):
        template = known.templates.get(key)
        if template is None:
            yield found(Fault.NO_TEMPLATE, step.key, template=key)
            continue
        if template.purpose not in FOR_CUSTOMERS:
            yield found(Fault.NOT_FOR_CUSTOMERS, step.key, template=key)
            continue
        yield from _purpose(step, key, template)
        yield from _languages(step, key, template, known)
        for name in sorted(template.needed):
            if _is_out_of_reach(ways, step, name, known):
                yield found(Fault.NO_VALUE, step.key, template=key, name=name)
    if step.pool and not any(
        CODE & known.templates[key].shown for key in step.templates if key in known.templates
    ):
        yield found(Fault.POOL_UNSHOWN, step.key, pool=step.pool)
    yield from _asked(ways, step)
    yield from _hours(step, known)


def _purpose(step: Step, key: str, template: KnownTemplate) -> Iterator[Finding]:
    own, wanted = STRICTNESS.get(step.purpose), STRICTNESS.get(template.purpose)
    if own is None or wanted is None or step.purpose is template.purpose:
        return
    fault = Fault.WEAK_PURPOSE if own < wanted else Fault.OTHER_PURPOSE
    yield found(fault, step.key, template=key, purpose=step.purpose, wanted=template.purpose)


def _languages(step: Step, key: str, template: KnownTemplate, known: Known) -> Iterator[Finding]:
    for language, count in known.languages.items():
        if language not in template.languages:
            yield found(Fault.NO_TRANSLATION, step.key, template=key, language=language, count=count)
        elif step.channel is Channel.SMS and language not in template.sms_languages:
            yield found(Fault.NO_SMS_TEXT, step.key, template=key, language=language, count=count)


def _is_out_of_reach(ways: Ways, step: Step, name: str, known: Known) -> bool:
    """Whether nothing in this plan can ever give the value."""
    on = set(ways.definition.entry.on)
    if name in CODE:
        return not gives_code(ways, step)
    if name in ORDER | BOXES:
        return not on & (ORDERING | {Trigger.INACTIVE, Trigger.BY_HAND, Trigger.EVENT})
    if name.startswith("basket_"):
        return Trigger.BASKET_LEFT not in on
    if name == "erasure_on":
        return not any(each.kind is StepKind.ERASURE_DUE for each in ways.definition.steps)
    if name in {"ticket_number", "contact_url"}:
        return step.anchor is not Anchor.ANSWER
    return name in OTHERS or (name == "shop_url" and not known.has_shop)


def gives_code(ways: Ways, step: Step) -> bool:
    """Whether the step has codes of its own, or one before it gave one."""
    if step.pool:
        return True
    return any(each.kind is StepKind.PROMO and each.is_on for each in ways.steps_before(step))


def _asked(ways: Ways, step: Step) -> Iterator[Finding]:
    """Advertising by SMS leaves only with a yes: who is not asked for is refused at the gate, and gets nothing instead."""
    if step.channel is not Channel.SMS or step.purpose not in ADVERTISING:
        return
    before = (each for each in ways.steps_before(step) if each.kind is StepKind.SPLIT)
    leaves = [leaf for each in (step, *before) for leaf in each.leaves]
    leaves += [leaf for clause in ways.definition.entry.when for leaf in clause.leaves]
    if not any(leaf.ask is Ask.CONSENT and leaf.params.get("channel") == Channel.SMS for leaf in leaves):
        yield found(Fault.SMS_UNASKED, step.key, purpose=step.purpose)


def _hours(step: Step, known: Known) -> Iterator[Finding]:
    """A message that falls due in the night must be able to wait for the morning."""
    kind = (step.channel, step.purpose)
    closed, opens = known.closed_minutes.get(kind, 0), known.opens.get(kind)
    if step.expires_minutes >= closed:
        return
    if step.delay.at and not step.delay.minutes and opens and closed < 24 * 60:
        hour = int(step.delay.at[:2])
        if opens[0] <= hour < opens[1]:
            return
    yield found(Fault.QUIET_HOURS, step.key, minutes=step.expires_minutes, closed=closed)
