"""The difference between two versions in words, line by line."""

from collections.abc import Iterable, Iterator, Mapping

from flask_babel import gettext

from hub.blueprints.questionnaires import words
from hub.core.text import N_
from hub.questionnaires.definitions import Option
from hub.questionnaires.drafts.differences import ChangedQuestion, Difference

PARTS: Mapping[str, str] = {
    "kind": N_("kind"),
    "words": N_("text"),
    "ends": N_("words of the ends"),
    "is_required": N_("required or not"),
    "show_if": N_("condition"),
    "limits": N_("limits"),
    "is_shuffled": N_("order"),
    "fields": N_("details asked for"),
}
WHOLE: Mapping[str, str] = {
    "title": N_("title"),
    "introduction": N_("introduction"),
    "thanks": N_("thanks"),
    "mode": N_("mode"),
    "languages": N_("languages"),
    "hidden": N_("hidden fields"),
    "most": N_("number of responses"),
}


def difference_words(difference: Difference) -> list[str]:
    return list(_lines(difference))


def _lines(difference: Difference) -> Iterator[str]:
    for question in difference.added:
        yield gettext("Question added: “%(question)s”", question=words.title_of(question))
    for question in difference.gone:
        yield gettext("Question taken out: “%(question)s”", question=words.title_of(question))
    for changed in difference.changed:
        title = words.title_of(changed.after)
        yield gettext("Question changed: “%(question)s” (%(parts)s)", question=title, parts=_parts(changed))
    if difference.is_reordered:
        yield gettext("Questions come in another order")
    if difference.are_pages_changed:
        yield gettext("Pages have other titles or conditions")
    if difference.whole:
        parts = ", ".join(gettext(WHOLE[name]) for name in difference.whole)
        yield gettext("Changed for all pages: %(parts)s", parts=parts)


def _parts(changed: ChangedQuestion) -> str:
    said = [gettext(PARTS[name]) for name in changed.parts]
    if changed.added:
        said.append(gettext("option added: %(words)s", words=_say(changed.added)))
    if changed.gone:
        said.append(gettext("option taken out: %(words)s", words=_say(changed.gone)))
    if changed.changed:
        said.append(gettext("option changed: %(words)s", words=_say(changed.changed)))
    return "; ".join(said or [gettext("order")])


def _say(options: Iterable[Option]) -> str:
    return ", ".join(words.say(each.words) or each.code for each in options)
