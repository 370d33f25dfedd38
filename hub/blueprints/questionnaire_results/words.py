"""Figures of questionnaires in the reader's words: values with their interval, definitions, marks of change."""

from flask_babel import format_decimal, get_locale, gettext

from hub.blueprints.statistics_words import share
from hub.core.intervals import Interval
from hub.core.text import N_, with_minus
from hub.core.words import Language
from hub.questionnaires.definitions import Question, Wording
from hub.questionnaires.results.gathering import Head
from hub.questionnaires.results.measuring import Bar, Figure, Measure
from hub.questionnaires.results.rows import Results
from hub.questionnaires.words import QuestionKind

NAMES = {
    Measure.CSAT: N_("Satisfied (CSAT)"),
    Measure.NPS: N_("Recommendation (NPS)"),
    Measure.CES: N_("Ease (CES)"),
    Measure.MEAN: N_("Mean"),
    Measure.YES: N_("Yes"),
}
DEFINITIONS = {
    Measure.CSAT: N_(
        "CSAT: the share of 4 and 5 among all who answered, on a scale from 1 to 5. Interval: Wilson, 95%."
    ),
    Measure.NPS: N_(
        "NPS: the share of 9 and 10 less the share of 0 to 6, times 100, from −100 to 100. Interval: adjusted Wald (Rocks 2016), 95%."
    ),
    Measure.CES: N_("CES: the mean of the scale from 1 (hard) to 7 (easy). Interval: Student, 95%."),
    Measure.MEAN: N_("The mean of all answers, 0 included. Interval: Student, 95%."),
    Measure.YES: N_("The share of yes among all who answered. Interval: Wilson, 95%."),
}
NET = 100


def say(wording: Wording | None) -> str:
    """In the reader's language, else in the other one."""
    return wording.say(spoken()) if wording else ""


def spoken() -> Language:
    """The language of the page."""
    return Language(str(get_locale())[:2])


def title(question: Question) -> str:
    return say(question.words) or question.key


def titles(head: Head) -> dict[str, str]:
    """Of every question of any version, and of the words beside "other"."""
    found: dict[str, str] = {}
    for version in head.versions:
        for question in version.definition.questions:
            found[question.key] = title(question)
            found[f"{question.key}.other"] = gettext("%(question)s (other)", question=title(question))
    return found


def name(measure: Measure) -> str:
    return str(gettext(NAMES[measure]))


def definition(measure: Measure) -> str:
    return str(gettext(DEFINITIONS[measure]))


def value(measure: Measure, number: float) -> str:
    """`82,4 %`, `+32`, `5,61`."""
    if measure in {Measure.CSAT, Measure.YES}:
        return share(number)
    if measure is Measure.NPS:
        sign = "+" if round(NET * number) > 0 else ""
        return sign + with_minus(str(round(NET * number)))
    return with_minus(str(format_decimal(round(number, 2))))


def figure_text(figure: Figure | None) -> str:
    """`82,4 % (78 % to 86 %)`."""
    if figure is None:
        return "–"
    low, high = (value(figure.measure, end) for end in (figure.interval.low, figure.interval.high))
    return str(
        gettext(
            "%(value)s (%(low)s to %(high)s)",
            value=value(figure.measure, figure.interval.value),
            low=low,
            high=high,
        )
    )


def share_text(found: Interval) -> str:
    return str(
        gettext(
            "%(value)s (%(low)s to %(high)s)",
            value=share(found.value),
            low=share(found.low),
            high=share(found.high),
        )
    )


def change_text(measure: Measure, change: Interval | None) -> str:
    """A change is named only when the interval of the difference leaves 0 out."""
    if change is None:
        return ""
    if not change.is_sure:
        return str(gettext("no sure change"))
    told = difference_text(measure, change)
    return str(
        gettext("up: %(text)s", text=told) if change.value > 0 else gettext("down: %(text)s", text=told)
    )


def difference_text(measure: Measure, change: Interval) -> str:
    """In points for shares and the NPS."""
    scale = 1 if measure in {Measure.CES, Measure.MEAN} else NET
    digits = 2 if scale == 1 else 1
    told = [
        with_minus(str(format_decimal(round(scale * end, digits))))
        for end in (change.value, change.low, change.high)
    ]
    return str(gettext("%(value)s (%(low)s to %(high)s)", value=told[0], low=told[1], high=told[2]))


def bar_label(bar: Bar, question: Question) -> str:
    """Ends of a scale say what they mean."""
    if bar.score is None:
        plain = say(bar.words) or _yes_or_no(bar.code, question)
        return f"{say(bar.row)} – {plain}" if bar.row else plain
    first, last = question.range or (None, None)
    end = say(question.low) if bar.score == first else say(question.high) if bar.score == last else ""
    return f"{bar.score} – {end}" if end else str(bar.score)


def _yes_or_no(code: str, question: Question) -> str:
    """Of a consent; an option without words was taken away in a later version."""
    if question.kind is QuestionKind.CONSENT:
        return str({"yes": gettext("Yes"), "no": gettext("No")}.get(code, code))
    return str(gettext("Option of an earlier version (%(code)s)", code=code))


def version_choices(found: Results) -> list[tuple[str, str]]:
    every = [("", str(gettext("All versions")))]
    return every + [
        (str(each.number), str(gettext("Version %(number)s", number=each.number))) for each in found.versions
    ]


def question_choices(found: Results) -> list[tuple[str, str]]:
    return [(row.question.key, title(row.question)) for row in found.questions if row.figure]
