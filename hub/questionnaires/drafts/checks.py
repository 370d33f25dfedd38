"""What is looked at before a questionnaire is published: errors stop it, warnings do not. Pure."""

from collections.abc import Iterator

from hub.core.text import N_, fold
from hub.core.words import Language
from hub.questionnaires.definitions import Definition, Page, Wording
from hub.questionnaires.drafts.condition_checks import check_conditions
from hub.questionnaires.drafts.findings import Finding
from hub.questionnaires.drafts.question_checks import check_question
from hub.questionnaires.drafts.reaching import reach
from hub.questionnaires.piping import FIRST_NAME, KNOWN, PIPED, places_in, words_of_page
from hub.questionnaires.words import QuestionKind

NO_QUESTION = N_("The questionnaire has no question yet. Please add one.")
NO_TITLE = N_("Please give the questionnaire a title that participants read.")
EMPTY_PAGE = N_("This page has no question. Please add one, or take the page out.")
MISSING_WORDS = N_(
    "Words are missing in one language, the other one stands in for them: %(parts)s. Please translate, or choose one language only."
)
DEAD_PAGE = N_(
    "Nobody can ever see this page: its condition, with those before it, cannot hold. Please change it."
)
DEAD_QUESTION = N_(
    "Nobody can ever see this question: its condition, with those before it, cannot hold. Please change it."
)
DEAD_END = N_(
    "The condition that ends the questionnaire here can never hold. Please change it, or take it out."
)
NOT_KNOWN = N_(
    "There are too many conditions to follow every way. Please look at the ways you rely on in the preview."
)
PIPES_LATER = N_(
    "The words repeat the answer to “%(name)s”, which is not asked on an earlier page. Please correct the name, or move the question."
)
PIPES_KIND = N_(
    "The words repeat the answer to “%(name)s”, which cannot be said in a few words. Please take it out."
)
PIPES_NAME = N_(
    "In anonymous mode the first name is not known: {{first_name}} stays empty. Please take it out."
)
NOT_COMPARED = N_(
    "Compared with the earlier questionnaire, these questions of it have no counterpart: %(names)s. Where one asks the same, give it the same name."
)
ASKED_TWICE = N_(
    "Another question has the same words. Where somebody may see both, please change one, or take it out."
)
CONTACT = N_(
    "This questionnaire is anonymous, but this question asks who answers. Please say so on the first page, or take the question out."
)


def check(definition: Definition, *, earlier: Definition | None = None) -> list[Finding]:
    """Everything found, errors first, in the order of the pages. `earlier`: last year's version, to compare with."""
    found = [*_whole(definition), *_pages(definition), *_reached(definition), *_compared(definition, earlier)]
    return sorted(found, key=lambda each: not each.is_error)


def _whole(definition: Definition) -> Iterator[Finding]:
    if not definition.title:
        yield Finding(text=NO_TITLE)
    if not any(question.asks for question in definition.questions):
        yield Finding(text=NO_QUESTION)
    parts = [
        ("title", definition.title),
        ("introduction", definition.introduction),
        ("thanks", definition.thanks),
    ]
    yield from _untranslated(definition, parts)


def _pages(definition: Definition) -> Iterator[Finding]:
    earlier, said = set[str](), set[str]()
    has_questions = any(page.questions for page in definition.pages)
    for page in definition.pages:
        if not page.questions and has_questions:
            yield Finding(text=EMPTY_PAGE, page=page.key)
        yield from _untranslated(definition, [("title", page.title)], page=page.key)
        for question in page.questions:
            yield from check_question(question, page=page.key)
            parts = [("words", question.words), ("help", question.help), ("low", question.low),
                ("high", question.high), ("unit", question.unit)]  # fmt: skip
            parts += [("options", each.words) for each in (*question.options, *question.rows)]
            yield from _untranslated(definition, parts, page=page.key, question=question.key)
            own = fold(question.words.fr or question.words.en)
            if own and own in said:
                yield Finding(text=ASKED_TWICE, is_error=False, page=page.key, question=question.key)
            said.add(own)
            if definition.is_anonymous and question.kind is QuestionKind.CONTACT:
                yield Finding(text=CONTACT, is_error=False, page=page.key, question=question.key)
        yield from check_conditions(definition, page, frozenset(earlier))
        yield from _piped(definition, page, earlier)
        earlier |= {question.key for question in page.questions}


def _untranslated(
    definition: Definition, parts: list[tuple[str, Wording]], *, page: str = "", question: str = ""
) -> Iterator[Finding]:
    """`parts` come as words of the editor: the page says them in the reader's language."""
    lacking = dict.fromkeys(
        name
        for name, wording in parts
        if wording and not all(_told(wording, language) for language in definition.languages)
    )
    if lacking:
        yield Finding(
            text=MISSING_WORDS, is_error=False, page=page, question=question, values={"parts": tuple(lacking)}
        )


def _told(wording: Wording, language: Language) -> str:
    return wording.en if language is Language.ENGLISH else wording.fr


def _wrong_place(definition: Definition, name: str, earlier: set[str]) -> str:
    if name in KNOWN:
        return PIPES_NAME if name == FIRST_NAME and definition.is_anonymous else ""
    if name not in earlier:
        return PIPES_LATER
    return "" if definition.by_key[name].kind in PIPED else PIPES_KIND


def _piped(definition: Definition, page: Page, earlier: set[str]) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for key, words in words_of_page(page):
        for name in places_in(words):
            if (key, name) in seen:
                continue
            seen.add((key, name))
            text = _wrong_place(definition, name, earlier)
            if text:
                yield Finding(text=text, page=page.key, question=key, values={"name": name})


def _reached(definition: Definition) -> Iterator[Finding]:
    found = reach(definition)
    if not found.is_known:
        yield Finding(text=NOT_KNOWN, is_error=False)
    for page in definition.pages:
        has_own_reason = page.show_if or not any(question.show_if for question in page.questions)
        if page.questions and page.key not in found.pages and has_own_reason:
            yield Finding(text=DEAD_PAGE, page=page.key)
            continue
        for question in page.questions:
            if question.key not in found.questions:
                yield Finding(text=DEAD_QUESTION, page=page.key, question=question.key)
        if page.key in found.pages and page.ends_if and page.key not in found.endings:
            yield Finding(text=DEAD_END, is_error=False, page=page.key)


def _compared(definition: Definition, earlier: Definition | None) -> Iterator[Finding]:
    if earlier is None:
        return
    kinds = {question.key: (question.kind, question.range) for question in definition.questions}
    names = [
        each.key for each in earlier.questions if each.asks and kinds.get(each.key) != (each.kind, each.range)
    ]
    if names:
        yield Finding(text=NOT_COMPARED, is_error=False, values={"names": ", ".join(names)})
