"""The editor's words: kinds of steps, when they run, what they do, what is missing, who changed it."""

from collections.abc import Callable, Mapping

from flask_babel import gettext, ngettext

from hub.blueprints.errors import sentence_of
from hub.blueprints.plan_words import both_arms_words, step_name, when
from hub.core.text import N_
from hub.core.words import Channel
from hub.plans.definitions import Step
from hub.plans.drafts.loosely import Lack
from hub.plans.words import Anchor, StepKind

DAY_MINUTES = 24 * 60
HOUR_MINUTES = 60
KINDS: Mapping[StepKind, tuple[str, str, str]] = {
    StepKind.SEND: ("envelope", N_("Send a message"), N_("A mail or an SMS of a published template.")),
    StepKind.SPLIT: (
        "arrows-right-left",
        N_("Split into two ways"),
        N_("A question decides who takes which way; afterwards they meet again."),
    ),
    StepKind.PROMO: ("tag", N_("Give a promo code"), N_("Reserved here, shown by the messages that follow.")),
    StepKind.TASK: ("phone", N_("Ask the store for a call"), N_("On the call list of the customer's store.")),
    StepKind.NOTIFY: ("bell", N_("Tell the store"), N_("A line in the notices of the customer's store.")),
    StepKind.PROPERTY: ("pencil-square", N_("Note a property"), N_("Writes a value on the customer's card.")),
    StepKind.AUDIENCE: ("user-group", N_("Add to an audience"), N_("For advertising on other sites.")),
    StepKind.POSTAL: (
        "document-text",
        N_("Add to a postal mailing"),
        N_("A line of a file for the printer."),
    ),
    StepKind.ERASURE_DUE: (
        "trash",
        N_("Plan the deletion"),
        N_("The data go after so many days without a sign of life."),
    ),
    StepKind.END: ("check", N_("End here"), N_("Who comes here leaves the plan.")),
}
"""Icon, name and what it is for, in the order in which they are offered."""
ANCHORS: Mapping[Anchor, str] = {
    Anchor.ENTRY: N_("after the entry"),
    Anchor.FIRST_MESSAGE: N_("after the first message"),
    Anchor.ANSWER: N_("after the answer"),
    Anchor.DATE: N_("counted from the customer's date"),
}
LACKS: Mapping[str, str] = {
    "steps": N_("The plan has no step yet: please add one."),
    "entry": N_("Please say more about what lets customers in, under “Change these rules”."),
    "triggers": N_("Please choose what lets customers in."),
    "template": N_("Please choose the message to send."),
    "otherwise": N_("The second way of this fork leads nowhere yet."),
    "pool": N_("Please choose the promo codes."),
    "property": N_("Please choose the property."),
    "value": N_("Please give the value."),
    "words": N_("Please write what the store is told."),
    "subject": N_("Please write what the call is about."),
    "name": N_("Please give it a name."),
    "days": N_("Please give the number of days."),
    "variant": N_("Another message needs a condition and a template."),
}


def kind_words(kind: StepKind) -> str:
    return str(gettext(KINDS[kind][1]))


def lack_words(lack: Lack) -> str:
    """What to do about one thing that is missing."""
    if lack.error is not None:
        return sentence_of(lack.error)
    return str(gettext(LACKS.get(lack.name, N_("Something is missing here."))))


def anchor_words(anchor: Anchor) -> str:
    return str(gettext(ANCHORS[anchor]))


def when_words(step: Step) -> str:
    """`D+8 at 10:00 after the entry`; what is due when one comes to it runs at once."""
    return when(step)


def title_of(step: Step) -> str:
    """What its author calls it, else the product, else what it does."""
    return step_name(step) or kind_words(step.kind)


def effect_words(step: Step, templates: Mapping[str, str], pools: Mapping[str, str]) -> list[str]:
    """What a step does, line by line."""
    tell: Mapping[StepKind, Callable[[Step], list[str]]] = {
        StepKind.PROMO: lambda one: [pools.get(one.pool, one.pool)] if one.pool else [],
        StepKind.TASK: lambda one: [str(one.details.get("subject", ""))],
        StepKind.NOTIFY: lambda one: [str(one.details.get("words", ""))],
        StepKind.PROPERTY: _property_words,
        StepKind.AUDIENCE: lambda one: [str(one.details.get("name", ""))],
        StepKind.POSTAL: lambda one: [str(one.details.get("name", ""))],
        StepKind.ERASURE_DUE: _erasure_words,
    }
    if step.is_send:
        lines = _message_words(step, templates, pools)
    else:
        said = tell.get(step.kind)
        lines = [line for line in said(step) if line] if said else []
    return [*lines, both_arms_words()] if step.in_both_arms else lines


def _message_words(step: Step, templates: Mapping[str, str], pools: Mapping[str, str]) -> list[str]:
    by = gettext("SMS") if step.channel is Channel.SMS else gettext("E-mail")
    lines = [
        gettext(
            "%(channel)s “%(template)s”", channel=by, template=templates.get(step.template, step.template)
        )
    ]
    if not step.template:
        lines = [by]
    if step.pool:
        lines.append(gettext("with a promo code: %(pool)s", pool=pools.get(step.pool, step.pool)))
    return lines


def _property_words(step: Step) -> list[str]:
    name, value = step.details.get("property"), step.details.get("value")
    return [f"{name} = {value}"] if name else []


def _erasure_words(step: Step) -> list[str]:
    days = step.details.get("days")
    return [] if days in (None, "") else [ngettext("in %(num)s day", "in %(num)s days", int(str(days)))]


def expiry_words(minutes: int) -> str:
    """Until when it may still run after it was due."""
    if minutes % DAY_MINUTES == 0:
        return str(
            ngettext(
                "Left out if late by %(num)s day", "Left out if late by %(num)s days", minutes // DAY_MINUTES
            )
        )
    if minutes % HOUR_MINUTES == 0:
        return str(
            ngettext(
                "Left out if late by %(num)s hour",
                "Left out if late by %(num)s hours",
                minutes // HOUR_MINUTES,
            )
        )
    return str(ngettext("Left out if late by %(num)s minute", "Left out if late by %(num)s minutes", minutes))
