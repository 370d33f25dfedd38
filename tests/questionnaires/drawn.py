"""Questionnaires, answers and forms as hypothesis draws them."""

from typing import Any

from hypothesis import strategies as st

from hub.questionnaires.words import ContactField, Join, Mode, QuestionKind, Test
from tests.makers.questionnaires import said

KEYS = [f"q{number}" for number in range(9)]
CODES = ["a", "b", "c", "other"]
WORDINGS = st.builds(said, st.text(max_size=8).map(lambda each: each.replace("\x00", "")))
CLAUSES = st.fixed_dictionaries(
    {
        "question": st.sampled_from(KEYS),
        "test": st.sampled_from([each.value for each in Test]),
        "codes": st.lists(st.sampled_from([*CODES, "1", "5", "yes", "a=b"]), max_size=3),
        "number": st.none() | st.integers(0, 10),
    }
)
CONDITIONS = st.none() | st.fixed_dictionaries(
    {
        "clauses": st.lists(CLAUSES, max_size=3),
        "join": st.sampled_from([each.value for each in Join]),
    }
)
OPTIONS = st.lists(
    st.fixed_dictionaries(
        {"code": st.sampled_from(CODES), "words": WORDINGS, "is_exclusive": st.booleans(), "is_fixed": st.booleans()}
    ),
    max_size=4,
    unique_by=lambda each: each["code"],
)  # fmt: skip


def _questions(key: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "key": st.just(key),
            "kind": st.sampled_from([each.value for each in QuestionKind]),
            "words": WORDINGS,
            "is_required": st.booleans(),
            "show_if": CONDITIONS,
            "options": OPTIONS,
            "rows": OPTIONS,
            "is_shuffled": st.booleans(),
            "least": st.none() | st.integers(0, 3),
            "most": st.none() | st.integers(4, 9),
            "least_count": st.none() | st.integers(0, 2),
            "most_count": st.none() | st.integers(2, 3),
            "fields": st.lists(
                st.sampled_from([each.value for each in ContactField]), max_size=3, unique=True
            ),
        }
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Up to three pages of three questions; conditions name any question, also one that comes later."""
    keys = iter(KEYS)
    pages = [
        {
            "key": f"p{number}",
            "questions": [draw(_questions(next(keys))) for _ in range(draw(st.integers(0, 3)))],
            "show_if": draw(CONDITIONS),
            "ends_if": draw(CONDITIONS),
            "is_shuffled": draw(st.booleans()),
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    mode = draw(st.sampled_from([each.value for each in Mode]))
    return {"format": 1, "title": said("T"), "mode": mode, "languages": ["fr"], "pages": pages}


ANSWERS = st.dictionaries(
    st.sampled_from(KEYS),
    st.one_of(
        st.integers(0, 10),
        st.sampled_from(CODES),
        st.booleans(),
        st.lists(st.sampled_from(CODES), max_size=3, unique=True),
        st.dictionaries(st.sampled_from(CODES), st.sampled_from(CODES), max_size=2),
    ),
)
FORMS = st.dictionaries(
    st.builds(
        str.__add__,
        st.sampled_from(KEYS),
        st.sampled_from(["", ".a", ".b", ".other", ".email", ".phone", ".first_name"]),
    ),
    st.lists(
        st.sampled_from(["", "1", "2", "5", "a", "b", "other", "yes", "2026-03-31", "12,5", "a@b.fr"]) | st.text(),
        max_size=3,
    ),
    max_size=12,
)  # fmt: skip
