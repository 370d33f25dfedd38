"""What results tell and keep back beside the figures: rates of nameless sendings, options that were taken away, hidden fields."""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy.orm import Session

from hub.core.words import Language
from hub.questionnaires.definitions import Question
from hub.questionnaires.reading import read_definition
from hub.questionnaires.results.exporting import columns_of, list_rows
from hub.questionnaires.results.following import told_cohorts
from hub.questionnaires.results.gathering import get_head
from hub.questionnaires.results.measuring import Tally, bars_of
from tests.makers.responses import add_responses, make_answered, results_document
from tests.makers.stores import make_chain


def cohorts(*figures: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {
            "wave_id": number,
            "name": "Tous",
            "starts_at": None,
            "delivered": delivered,
            "answered": answered,
            "open": 0,
        }
        for number, (delivered, answered) in enumerate(figures, 1)
    ]


@pytest.mark.parametrize(
    ("figures", "told"),
    [
        ([(100, 20)], [20]),
        ([(1, 1)], [None]),
        ([(1, 0)], [None]),
        ([(50, 0)], [0]),
        ([(40, 3)], [None]),
        ([(40, 38)], [None]),
        ([(100, 20), (100, 3)], [None, None]),
        ([(100, 20), (100, 30), (100, 3)], [None, 30, None]),
        ([(0, 0), (100, 20)], [0, 20]),
    ],
)
def test_a_nameless_rate_stands_for_many_and_gives_no_other_away(
    figures: list[tuple[int, int]], told: list[int | None]
) -> None:
    found = told_cohorts(cohorts(*figures), is_guarded=True)
    assert [row.answered for row in found] == told
    assert all((row.rate is None) == (row.answered is None or not row.delivered) for row in found)
    open_to_all = told_cohorts(cohorts(*figures), is_guarded=False)
    assert [row.answered for row in open_to_all] == [answered for _, answered in figures]


def why() -> Question:
    return read_definition(results_document()).by_key["why"]


def test_an_option_that_was_taken_away_keeps_its_bar() -> None:
    tally = Tally(shown=9, answered=9, codes=Counter({"price": 6, "gone": 3}))
    bars = {bar.code: bar.count for bar in bars_of(why(), tally)}
    assert bars["price"] == 6
    assert bars["gone"] == 3


def test_hidden_fields_are_columns_where_somebody_is_known(session: Session) -> None:
    make_chain(session)
    for mode, names in (("identified", ["link_source"]), ("anonymous", [])):
        ids = make_answered(session, {**results_document(mode=mode), "hidden": ["source"]}, key=mode)
        add_responses(session, *ids, [{"csat": 5}], hidden={"source": "newsletter"})
        head = get_head(ids[0])
        columns = columns_of(head, Language.FRENCH)
        assert [column.name for column in columns if column.name.startswith("link_")] == names
        values = [value for row in list_rows(head, columns) for value in row]
        assert ("newsletter" in values) == bool(names)
