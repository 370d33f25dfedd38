"""What is told before publishing: each fault once, in the words of its kind; what differs between versions; how long it takes."""

from typing import Any

import pytest

from hub.core.errors import Invalid
from hub.questionnaires.definitions import Definition
from hub.questionnaires.drafts import checks, condition_checks, question_checks
from hub.questionnaires.drafts.checks import check
from hub.questionnaires.drafts.differences import compare
from hub.questionnaires.drafts.editing import (
    find_question,
    remove_question,
    set_about,
    set_page,
    set_question,
)
from hub.questionnaires.drafts.estimate import estimate_minutes
from hub.questionnaires.drafts.mapping import gone_codes, heir_codes, heirs_of, read_moved
from hub.questionnaires.drafts.templates import TEMPLATES, Template
from hub.questionnaires.drafts.templates.parts import any_of, ask, at_least, at_most, choices, page, say, when
from hub.questionnaires.reading import read_definition

WHOLE = TEMPLATES[Template.YEARLY][1]
TWO = choices(("a", "Un", "One"), ("b", "Deux", "Two"))


def read(document: dict[str, Any]) -> Definition:
    return read_definition(document)


def asking(*questions: dict[str, Any], **more: Any) -> Definition:
    """A page with a question that may be asked about, and a page with these."""
    first = page("one", "Un", "One", ask("first", "single", "Qui ?", "Who?", options=TWO, is_required=True))
    second = page("two", "Deux", "Two", *questions)
    return read({"format": 1, "title": say("Titre", "Title"), "pages": [first, second], **more})


def told(definition: Definition, **more: Any) -> set[tuple[str, str, bool]]:
    return {(each.text, each.question, each.is_error) for each in check(definition, **more)}


Q = ask("q", "text", "Quoi ?", "What?")
FAULTS: tuple[tuple[dict[str, Any], str, bool], ...] = (
    ({**Q, "words": {}}, question_checks.NO_WORDS, True),
    ({**Q, "words": {"fr": "Quoi ?"}}, checks.MISSING_WORDS, False),
    ({**Q, "kind": "single", "options": TWO[:1]}, question_checks.NO_OPTIONS, True),
    ({**Q, "kind": "matrix", "options": TWO}, question_checks.NO_ROWS, True),
    ({**Q, "kind": "single", "options": [*TWO, {"code": "c"}]}, question_checks.NO_OPTION_WORDS, True),
    ({**Q, "kind": "single", "options": [*TWO, {"code": "c", "words": say("UN ", "Uno")}]}, question_checks.TWICE, True),
    ({**Q, "kind": "contact"}, question_checks.NO_FIELDS, True),
    ({**Q, "kind": "multiple", "options": TWO, "least_count": 3, "is_required": True}, question_checks.NO_ANSWER, True),
    ({**Q, "kind": "multiple", "options": TWO, "least_count": 2, "most_count": 1}, question_checks.BAD_COUNTS, True),
    ({**Q, "kind": "number", "least": 5, "most": 1}, question_checks.BAD_RANGE, True),
    ({**Q, "kind": "ranking", "options": [{**TWO[0], "most": 5}, TWO[1]]}, question_checks.NO_QUOTA, False),
    ({**Q, "kind": "single", "options": [{**TWO[0], "is_exclusive": True}, TWO[1]]}, question_checks.EXCLUSIVE, False),
    ({**Q, "words": say("QUI ?", "Who is it?")}, checks.ASKED_TWICE, False),
    ({**Q, "words": say("{{later}}", "?")}, checks.PIPES_LATER, True),
    ({**Q, "words": say("{{q}}", "?")}, checks.PIPES_LATER, True),
    ({**Q, "show_if": when(any_of("gone", "a"))}, condition_checks.UNKNOWN, True),
    ({**Q, "show_if": when(any_of("q", "a"))}, condition_checks.LATER, True),
    ({**Q, "show_if": when(any_of("first"))}, condition_checks.NO_CODES, True),
    ({**Q, "show_if": when(any_of("first", "a", "z"))}, condition_checks.NO_SUCH_CODE, True),
    ({**Q, "show_if": when(at_least("first", 1))}, condition_checks.BAD_TEST, True),
    ({**Q, "show_if": when(any_of("first", "a"), any_of("first", "b"))}, checks.DEAD_QUESTION, True),
)  # fmt: skip


@pytest.mark.parametrize(("question", "text", "is_error"), FAULTS, ids=[text[:40] for _, text, _ in FAULTS])
def test_a_fault_of_a_question_is_told(question: dict[str, Any], text: str, is_error: bool) -> None:
    assert (text, "q", is_error) in told(asking(question))


def test_nothing_is_told_of_what_is_well() -> None:
    assert told(asking({**Q, "words": say("{{first_name}} : {{first}} ?", "{{store}}")})) == set()


def test_faults_of_the_whole_and_of_pages_are_told() -> None:
    assert told(read({"format": 1, "pages": [{"key": "p", "questions": []}]})) == {
        (checks.NO_TITLE, "", True), (checks.NO_QUESTION, "", True)
    }  # fmt: skip
    assert (checks.EMPTY_PAGE, "", True) in told(asking())
    anonymous = asking(
        {**Q, "kind": "contact", "fields": ["email"], "words": say("{{first_name}}", "?")}, mode="anonymous"
    )
    assert told(anonymous) == {(checks.CONTACT, "q", False), (checks.PIPES_NAME, "q", True)}
    assert checks.PIPES_KIND in {text for text, _, _ in told(asking_after_contact())}
    never = set_page(WHOLE, "why", {"show_if": when(at_least("nps", 9), at_most("nps", 8))})
    assert (checks.DEAD_PAGE, "", True) in told(read(never))
    pointless = set_page(WHOLE, "store", {"ends_if": when(any_of("visits", "never"))})
    assert (checks.DEAD_END, "", False) in told(read(pointless))
    closing = set_page(WHOLE, "overall", {"ends_if": when(at_least("nps", 0))})
    dead = {
        each.page for each in check(read(closing)) if each.text in {checks.DEAD_PAGE, checks.DEAD_QUESTION}
    }
    assert dead == {each["key"] for each in WHOLE["pages"]} - {"overall"}
    assert told(read(set_about(WHOLE, {"languages": ["fr"], "title": {"fr": "Enquête"}}))) == set()


def asking_after_contact() -> Definition:
    contact = ask("who", "contact", "Qui ?", "Who?", fields=["email"])
    return read(
        {"format": 1, "title": say("T", "T"), "pages": [
            page("one", "Un", "One", contact), page("two", "Deux", "Two", {**Q, "words": say("{{who}}", "?")})
        ]}
    )  # fmt: skip


def test_what_cannot_be_compared_with_last_year_is_told() -> None:
    now = remove_question(WHOLE, "age")
    found = [each for each in check(read(now), earlier=read(WHOLE)) if each.text == checks.NOT_COMPARED]
    assert [each.values["names"] for each in found] == ["age"]
    assert check(read(WHOLE), earlier=read(WHOLE)) == []


def test_a_difference_names_what_changed_and_what_was_replaced_is_checked() -> None:
    before = read(WHOLE)
    assert not compare(before, read(WHOLE))
    visits = find_question(WHOLE, "visits")
    options = [{**visits["options"][0], "code": "each_week"}, *visits["options"][1:]]
    changed = set_question(
        remove_question(WHOLE, "comment"), "visits", {"options": options, "is_required": False}
    )
    after = read(
        {
            **changed,
            "pages": [
                *changed["pages"],
                page("last", "Fin", "End", ask("word", "long_text", "Un mot ?", "A word?")),
            ],
        }
    )
    found = compare(before, after)
    assert [each.key for each in found.added] == ["word"]
    assert [each.key for each in found.gone] == ["comment"]
    (one,) = found.changed
    assert (one.parts, [each.code for each in one.added], [each.code for each in one.gone]) == (
        ("is_required",), ["each_week"], ["weekly"]
    )  # fmt: skip
    assert found.are_pages_changed
    assert not found.is_reordered
    assert [each.key for each in heirs_of(before.by_key["comment"], before, after)] == ["word"]
    assert gone_codes(before.by_key["visits"], after.by_key["visits"]) == ["weekly"]
    moved = {"comment": {"key": "word"}, "visits": {"codes": {"weekly": "each_week"}}}
    assert read_moved(before, after, moved) == moved
    for wrong in ({"comment": {"key": "nps"}}, {"visits": {"codes": {"monthly": "each_week"}}}, {"gone": {"key": "word"}},
        {"visits": {"codes": {"weekly": "never"}}}):  # fmt: skip
        with pytest.raises(Invalid):
            read_moved(before, after, wrong)


def test_a_line_of_a_table_is_replaced_by_a_line() -> None:
    def table(rows: str, columns: str) -> Definition:
        parts = {name: [{"code": each, "words": say(each, each)} for each in codes] for name, codes in
            (("rows", rows), ("options", columns))}  # fmt: skip
        return asking({**Q, "kind": "matrix", **parts})

    before, after = table("abx", "mnx"), table("cby", "mpo")
    old, new = before.by_key["q"], after.by_key["q"]
    assert gone_codes(old, new) == ["n", "a"], "x is a row and a column: nobody could tell which"
    assert (heir_codes(old, new, "a"), heir_codes(old, new, "n")) == (["c", "y"], ["p", "o"])
    moved = {"q": {"codes": {"a": "c", "n": "p"}}}
    assert read_moved(before, after, moved) == moved
    with pytest.raises(Invalid):
        read_moved(before, after, {"q": {"codes": {"a": "p"}}})


def test_more_questions_take_more_time_and_a_branch_only_some_of_it() -> None:
    short, long = estimate_minutes(read(TEMPLATES[Template.DELIVERY][1])), estimate_minutes(read(WHOLE))
    assert short[0] <= short[1] < long[1]
    assert long[0] < long[1]
    assert estimate_minutes(asking({**Q, "kind": "information"})) == (1, 1)
