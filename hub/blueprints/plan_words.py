"""Plans in the reader's words: sentences, delays, results, reasons to leave."""

from flask_babel import get_locale, gettext, ngettext

from hub.plans.queries import PlanRow, PlanView, StepRow
from hub.plans.rules import Delay, Step
from hub.plans.words import Anchor, ExitReason, StepOutcome


def plan_name(plan: PlanRow) -> str:
    return plan.name_en if str(get_locale()) == "en" else plan.name_fr


def plan_sentence(key: str) -> str:
    """What a built-in plan does, in one sentence."""
    sentences = {
        "post_purchase_survey": gettext(
            "Seven days after delivery, asks one question by mail. An unhappy answer becomes a ticket of the store."
        ),
        "welcome_pack": gettext(
            "Thanks for a first order the day after, then suggests a second purchase. A new order ends it."
        ),
    }
    return sentences.get(key, "")


def step_title(step: Step) -> str:
    return step_words(step.key)


def step_words(key: str) -> str:
    """What a step of a built-in plan does; the key of another one."""
    titles = {
        "ask": gettext("Survey mail with three boxes"),
        "remind": gettext("One reminder"),
        "thank": gettext("Thanks with the review link"),
        "welcome": gettext("Welcome"),
        "second_purchase": gettext("Second purchase"),
    }
    return titles.get(key, key)


def when(step: Step) -> str:
    """`D+7 · after delivery or order`: the delay and what it is counted from."""
    anchors = {
        Anchor.ENTRY: gettext("after delivery or order"),
        Anchor.FIRST_MESSAGE: gettext("after the first message"),
        Anchor.ANSWER: gettext("after the answer"),
    }
    return f"{_delay(step.delay)} · {anchors[step.anchor]}"


def detail(step: Step) -> str:
    """The conditions of a step in words; empty without any."""
    parts = []
    if "not_answered" in step.when:
        parts.append(gettext("only without an answer"))
    if "first_message_sent" in step.when:
        parts.append(gettext("only if the first message was sent"))
    if step.variants:
        parts.append(gettext("another selection above the average basket"))
    days = ngettext("dropped after %(num)s day", "dropped after %(num)s days", step.expires_days)
    return " · ".join([*parts, days])


def results(row: StepRow) -> list[tuple[str, int]]:
    words = {
        StepOutcome.POSTED: gettext("handed over"),
        StepOutcome.GHOST: gettext("control"),
        StepOutcome.SKIPPED: gettext("skipped"),
        StepOutcome.EXPIRED: gettext("too late"),
    }
    return [(words[outcome], count) for outcome, count in row.results.items()]


def exit_words(reason: ExitReason) -> str:
    words = {
        ExitReason.COMPLETED: gettext("went to the end"),
        ExitReason.PURCHASED: gettext("bought again"),
        ExitReason.CANCELLED: gettext("order cancelled"),
        ExitReason.RETURNED: gettext("order returned"),
        ExitReason.ANSWERED: gettext("answered"),
        ExitReason.REFUSED: gettext("refused"),
        ExitReason.TICKET_OPEN: gettext("a ticket was open"),
        ExitReason.ASKED_RECENTLY: gettext("asked in the last 30 days"),
        ExitReason.PLAN_OFF: gettext("plan switched off"),
        ExitReason.MERGED: gettext("customers merged"),
    }
    return words[reason]


def timeline(view: PlanView) -> list[dict[str, object]]:
    """The steps as parts/plan_timeline.html wants them."""
    return [
        {
            "title": step_title(row.step),
            "when": when(row.step),
            "detail": detail(row.step),
            "waiting": row.waiting_count,
            "results": results(row),
        }
        for row in view.steps
    ]


def _delay(delay: Delay) -> str:
    if delay.days:
        return str(gettext("D+%(days)s", days=delay.days))
    return (
        str(ngettext("%(num)s minute", "%(num)s minutes", delay.minutes))
        if delay.minutes
        else gettext("at once")
    )
