"""What nobody can reach: by the bits of clauses, against a walk with every answer there is."""

from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.questionnaires.definitions import Clause, Condition, Definition, Option, Page, Question, Wording
from hub.questionnaires.drafts.answering import can_be_answered
from hub.questionnaires.drafts.reaching import Reach, reach
from hub.questionnaires.taking import take
from hub.questionnaires.walking import walk
from hub.questionnaires.words import Join, QuestionKind
from hub.questionnaires.words import Test as Asked

KINDS = (
    QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.MATRIX, QuestionKind.SCALE, QuestionKind.NUMBER,
    QuestionKind.CONSENT, QuestionKind.TEXT, QuestionKind.INFORMATION,
)  # fmt: skip
CODES = ("a", "b", "c")
NAMED = (*CODES, "1", "2", "3", "yes", "a=a", "b=b")
"""What conditions ask for."""


def options(codes: tuple[str, ...], exclusive: str = "") -> tuple[Option, ...]:
    return tuple(Option(code=code, words=Wording(code), is_exclusive=code == exclusive) for code in codes)


def forms(question: Question) -> Iterator[dict[str, list[str]]]:
    """Everything a form could send for one question, right or wrong: what is taken of it is an answer."""
    key, codes = question.key, question.codes
    match question.kind:
        case QuestionKind.MULTIPLE:
            every = chain.from_iterable(combinations(codes, size) for size in range(len(codes) + 1))
            yield from ({key: list(each)} for each in every)
        case QuestionKind.MATRIX:
            for each in product(["", *codes], repeat=len(question.rows)):
                yield {f"{key}.{row.code}": [code] for row, code in zip(question.rows, each, strict=True)}
        case QuestionKind.NUMBER:
            yield from ({key: [str(each)]} for each in ("", -1, 0, 1, 1.5, 2, 2.5, 3, 9))
        case QuestionKind.CONSENT:
            yield from ({key: [each]} for each in ("", "yes"))
        case QuestionKind.TEXT:
            yield from ({key: [each]} for each in ("", "words", *NAMED))
        case _:
            yield from ({key: [each]} for each in ("", *codes))


def answers_of(question: Question) -> list[dict[str, Any]]:
    taken = [take([question], form) for form in forms(question)]
    found = [dict(each.answers) for each in taken if not each.errors]
    return [each for place, each in enumerate(found) if each not in found[:place]]


def by_walking(definition: Definition) -> Reach:
    """Every way: page by page, with each answer that the page would let pass."""
    found = Reach()

    def go(answers: dict[str, Any], last: str | None) -> None:
        way = walk(definition, answers)
        page = way.page_after(last)
        if page is None:
            if way.is_ended and way.pages[-1].key == last:
                found.endings.add(last)
            return
        found.pages.add(page.key)
        found.questions.update(question.key for question in page.questions)
        for given_ in product(*(answers_of(question) for question in page.questions)):
            go({name: value for each in (answers, *given_) for name, value in each.items()}, page.key)

    go({}, None)
    return found


@st.composite
def questions(draw: st.DrawFn, key: str) -> Question:
    kind = draw(st.sampled_from(KINDS))
    codes = CODES[: draw(st.integers(0 if kind is QuestionKind.SINGLE else 1, 3))]
    return Question(
        key=key,
        kind=kind,
        words=Wording(key),
        is_required=draw(st.booleans()),
        options=options(codes, draw(st.sampled_from(["", "a"]))) if kind in {QuestionKind.SINGLE, QuestionKind.MULTIPLE}
        else options(("a", "b")) if kind is QuestionKind.MATRIX else (),
        rows=options(CODES[: draw(st.integers(1, 2))]) if kind is QuestionKind.MATRIX else (),
        least_count=draw(st.sampled_from([None, 2])) if kind is QuestionKind.MULTIPLE else None,
        most_count=draw(st.sampled_from([None, 1])) if kind is QuestionKind.MULTIPLE else None,
        least=1.0 if kind is QuestionKind.SCALE else draw(st.sampled_from([None, 1.0])),
        most=3.0 if kind is QuestionKind.SCALE else draw(st.sampled_from([None, 2.0])),
    )  # fmt: skip


@st.composite
def conditions(draw: st.DrawFn, keys: list[str]) -> Condition:
    clause = st.builds(
        Clause,
        question=st.sampled_from(keys),
        test=st.sampled_from(Asked),
        codes=st.lists(st.sampled_from(NAMED), max_size=2).map(tuple),
        number=st.sampled_from([None, 1, 2, 2.5]),
    )
    return Condition(
        tuple(draw(st.lists(clause, max_size=draw(st.sampled_from([0, 0, 1, 2]))))),
        draw(st.sampled_from(Join)),
    )


@st.composite
def definitions(draw: st.DrawFn) -> Definition:
    shape = draw(st.lists(st.integers(1, 2), min_size=1, max_size=3))
    keys = [f"q{place}" for place in range(sum(shape))]
    rest, pages = iter(keys), []
    for place, size in enumerate(shape):
        asked = [draw(questions(next(rest))) for _ in range(size)]
        shown = tuple(Question(**{**vars(each), "show_if": draw(conditions(keys))}) for each in asked)
        pages.append(
            Page(
                key=f"p{place}",
                questions=shown,
                show_if=draw(conditions(keys)),
                ends_if=draw(conditions(keys)),
            )
        )
    return Definition(title=Wording("T"), pages=tuple(pages))


@given(definitions())
def test_what_can_be_reached_is_what_some_walk_reaches(definition: Definition) -> None:
    assert reach(definition) == by_walking(definition)


@given(questions("q"))
def test_a_question_can_be_answered_when_its_form_takes_something(question: Question) -> None:
    required = Question(**{**vars(question), "is_required": True})
    given_ = [each for each in answers_of(required) if each] if question.asks else [{}]
    assert can_be_answered(required) is bool(given_)


def test_a_hundred_conditions_are_followed_or_not_judged() -> None:
    """Twenty independent questions, all asked about at the end: more states than are looked at, and nothing is called dead."""
    asked = tuple(
        Question(key=f"q{place}", kind=QuestionKind.SINGLE, words=Wording("?"), options=options(("a", "b")))
        for place in range(20)
    )
    every = Condition(tuple(Clause(each.key, Asked.ANY_OF, ("a",)) for each in asked))
    last = Question(key="last", kind=QuestionKind.TEXT, words=Wording("?"), show_if=every)
    pages = (*(Page(key=each.key, questions=(each,)) for each in asked), Page(key="end", questions=(last,)))
    found = reach(Definition(title=Wording("T"), pages=pages))
    assert not found.is_known
    assert found.questions == {*(each.key for each in asked), "last"}
