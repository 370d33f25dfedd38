"""Conditions in a form: a row for each clause, read from what was sent, drawn with the answers there are to choose from."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from hub.blueprints.questionnaires import words
from hub.questionnaires.definitions import Definition, Question
from hub.questionnaires.drafts.condition_checks import BY_CODE, BY_NUMBER, codes_to_ask, tests_for
from hub.questionnaires.words import Join, Test

Sent = MultiDict[str, str]
Stored = dict[str, Any]
MOST_CLAUSES = 20
LARGEST = 10**12
COUNTED = frozenset({Test.AT_LEAST.value, Test.AT_MOST.value})
CODED = frozenset({Test.ANY_OF.value, Test.NONE_OF.value})


def read_condition(sent: Sent, name: str, definition: Definition) -> Stored:
    """What stands in the form, with a clause more or less when one of its buttons was pressed."""
    act = sent.get("act", "")
    clauses = [
        _read_clause(sent, f"{name}-{number}-")
        for number in sent.getlist(f"{name}-row")[:MOST_CLAUSES]
        if act != f"drop:{name}:{number}"
    ]
    asked = definition.by_key.get(sent.get(f"{name}-new", ""))
    if act == f"add:{name}" and asked is not None and len(clauses) < MOST_CLAUSES:
        clauses.append({"question": asked.key, "test": _first_test(asked)})
    join = sent.get(f"{name}-join", "")
    return {"clauses": clauses, "join": join if join in set(Join) else Join.ALL.value} if clauses else {}


def _first_test(asked: Question) -> str:
    return next(iter(tests_for(asked)), Test.ANSWERED).value


def _read_clause(sent: Sent, mark: str) -> Stored:
    test = sent.get(f"{mark}test", "")
    clause: Stored = {
        "question": sent.get(f"{mark}question", ""),
        "test": test if test in set(Test) else Test.ANSWERED.value,
    }
    if test in CODED:
        clause["codes"] = sent.getlist(f"{mark}codes")
    if test in COUNTED:
        clause["number"] = read_number(sent.get(f"{mark}number", ""))
    return clause


def read_number(typed: str) -> Any:
    """A number as it is kept; what is none stays as it was typed, nothing is None."""
    plain = "".join(typed.split()).replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        return plain or None
    if not abs(value) < LARGEST:
        return plain
    return int(value) if value.is_integer() else value


def check_condition(condition: Mapping[str, Any], definition: Definition) -> str:
    """What keeps it from being stored, in the reader's words; "" when nothing does. The rest is told before publishing."""
    for clause in condition.get("clauses", ()):
        if isinstance(clause.get("number"), str):
            title = clause_title(clause, definition)
            return str(gettext("Please give a number in the condition about “%(question)s”.", question=title))
    return ""


def clause_title(clause: Mapping[str, Any], definition: Definition) -> str:
    asked = definition.by_key.get(clause["question"])
    return words.title_of(asked) if asked else str(clause["question"])


def draw_condition(
    name: str,
    condition: Mapping[str, Any],
    definition: Definition,
    *,
    until: str,
    with_page: bool = False,
    added: bool = False,
) -> dict[str, Any]:
    """For questionnaires/_conditions.html. `until`: the page that is shown or ended; questions before it may be asked about."""
    clauses = condition.get("clauses", ())
    rows = [
        _draw(clause, place, f"{name}-{place}-", definition) for place, clause in enumerate(clauses, start=1)
    ]
    return {
        "name": name,
        "join": condition.get("join", Join.ALL.value),
        "rows": rows,
        "offered": _offered(definition, until, with_page=with_page),
        "added": len(rows) if added else 0,
    }


def _draw(clause: Mapping[str, Any], place: int, mark: str, definition: Definition) -> dict[str, Any]:
    asked = definition.by_key.get(clause["question"])
    chosen = [str(code) for code in clause.get("codes", ())]
    codes = [(code, words.code_words(asked, code)) for code in codes_to_ask(asked)] if asked else []
    gone = [
        (code, gettext("%(name)s (no longer there)", name=code)) for code in chosen if code not in dict(codes)
    ]
    return {
        "number": place,
        "mark": mark,
        "question": clause["question"],
        "label": clause_title(clause, definition),
        "test": clause["test"],
        "tests": [(test.value, gettext(words.TESTS[test])) for test in (tests_for(asked) if asked else Test)],
        "codes": [*codes, *gone] if asked is None or asked.kind in BY_CODE else gone,
        "chosen": chosen,
        "counts": asked is not None and asked.kind in BY_NUMBER,
        "value": "" if clause.get("number") is None else clause["number"],
    }


def _offered(
    definition: Definition, until: str, *, with_page: bool
) -> list[tuple[str, list[tuple[str, str]]]]:
    """Questions of earlier pages, page by page; of the page itself, too, for what ends it."""
    found = []
    for page in definition.pages:
        if page.key == until and not with_page:
            break
        asked = [(each.key, words.title_of(each)) for each in page.questions if each.asks]
        if asked:
            found.append((words.page_words(definition, page), asked))
        if page.key == until:
            break
    return found
