"""A small chain worked by hand: every figure of the pages equals the value reckoned on paper.

Waits in opening minutes, from STORY of the maker (L: Lyon, l: Lille, *: late):

    1 L 20, again 30 | 2 L 30 + 30 | 3 L 10 | 4 L 30 + 15 | 5 L 5 | 6 L 150* | 7 L 150 + 240* | 11 l 20 | 12 l 15 + 30
    13 l 60 + 60 | 14 l 5 | 15 l 150 + 120* | 16 l 15 | 17 l 40, again 30
    8 L 45, then l 60: 105 together | 18 l 60, then L 90: 150 together*
    9 and 10 dropped, 19 waits for 90 + 150*, 20 waits for 60
"""

from dataclasses import replace
from statistics import median

import pytest
from sqlalchemy.orm import Session

from hub.core.words import Channel, Language
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from hub.statistics.behind import get_behind
from hub.statistics.clicks import Clicked
from hub.statistics.measuring.door import open_look
from hub.statistics.queries import get_response_times, read_filters
from hub.statistics.rerouting import get_rerouting
from hub.statistics.resolution import get_resolution
from hub.statistics.rows import ResponseTimes, Waits
from hub.statistics.words import Dimension
from tests.conftest import HandClock
from tests.makers.statistics import work_off
from tests.makers.worked_chain import ASKED_AT, PERIOD, WorkedChain, make_worked_chain, moment

MINUTE = 60
CHAIN = (20, 30, 60, 10, 45, 5, 150, 390, 20, 45, 120, 5, 270, 15, 40, 30, 105, 150)
LYON = (20, 30, 60, 10, 45, 5, 150, 390, 45, 90)
LILLE = (20, 45, 120, 5, 270, 15, 40, 30, 60, 60)


@pytest.fixture
def chain(session: Session, hand_clock: HandClock) -> WorkedChain:
    chain = make_worked_chain(session, hand_clock)
    work_off()
    return chain


def everything() -> Viewer:
    scope = Scope(is_everything=True)
    return Viewer(1, "Cleo", "c@x.example", Role.HEAD_OFFICE, Language.FRENCH, scope, 0)


def times(**args: str) -> ResponseTimes:
    return get_response_times(read_filters(PERIOD | args, now=ASKED_AT), viewer=everything(), now=ASKED_AT)


def reckoned(waits: Waits) -> tuple[int, int, float, float]:
    assert waits.median_seconds is not None
    assert waits.mean_seconds is not None
    return (
        waits.count,
        waits.measured_count,
        waits.median_seconds / MINUTE,
        round(waits.mean_seconds / MINUTE, 6),
    )


def mean(minutes: tuple[int, ...]) -> float:
    return round(sum(minutes) / len(minutes), 6)


def test_waits_of_the_chain(chain: WorkedChain) -> None:
    """In order: 5 5 10 15 20 20 30 30 | 40 45 | 45 60 105 120 150 150 270 390; nine in ten: 150 + 0.3 of 120."""
    total = times().total
    assert reckoned(total) == (18, 18, 42.5, mean(CHAIN))
    assert total.median_seconds == median(CHAIN) * MINUTE
    assert total.p90_seconds == pytest.approx(186 * MINUTE)
    assert total.target_share == pytest.approx(14 / 18)


def test_waits_of_each_store(chain: WorkedChain) -> None:
    """Lyon is charged 45 min of the wait it passed on, Lille 60 of its own: shares, but no replies."""
    by_code = {row.code: row.waits for row in times().by_store}
    assert reckoned(by_code["LYO"]) == (9, 10, 45, mean(LYON))
    assert reckoned(by_code["LIL"]) == (9, 10, 42.5, mean(LILLE))
    assert by_code["LYO"].target_share == pytest.approx(8 / 10)
    assert by_code["LIL"].target_share == pytest.approx(9 / 10)
    for code in ("LYO", "LIL"):
        assert times(store=code).total == by_code[code]


def test_waits_by_day_and_length(chain: WorkedChain) -> None:
    """Under 15 min: 5 5 10; from 15: 15 20 20; from 30: 30 30 40 45 45; from 60: 60 105; from 120: 120 150 150; from 240: 270 390."""
    found = times()
    days = {day.day: (waits.count, waits.median_seconds) for day, waits in found.by_period}
    assert days == {4: (5, 20 * MINUTE), 7: (13, 45 * MINUTE)}
    assert found.buckets == (3, 3, 5, 2, 3, 2, 0, 0)
    assert [(channel, waits.count) for channel, waits in found.by_channel] == [(Channel.EMAIL, 18)]
    assert found.dropped == {"solved_without_reply": 1, "spam": 1}
    assert (found.waiting_count, found.late_count) == (2, 1)


def test_a_person_has_one_figure_alone_among_others_and_behind_it(chain: WorkedChain) -> None:
    """Ada answered the 18th within its target in Lyon, though its customer waited too long: late are 7 and once more 7."""
    asked = read_filters(PERIOD, now=ASKED_AT)
    by_agent = dict(open_look(asked, viewer=everything()).summarise_waits(Dimension.AGENT))
    for code, missed in (("LYO", 2), ("LIL", 1)):
        agent_id = chain.people[code].agent_id
        alone = replace(asked, agent_id=agent_id)
        [(_, total)] = open_look(alone, viewer=everything()).summarise_waits()
        assert total == by_agent[agent_id]
        late = get_behind(
            alone,
            Clicked(measure="within_target", is_part=True),
            viewer=everything(),
            now=ASKED_AT,
            after=None,
        )
        assert (late.count, total.target_share) == (missed, pytest.approx(1 - missed / 9))


def test_resolution(chain: WorkedChain) -> None:
    """First: 1 after 30 min, 2 after 3 h, 9 after 1 h, 17 after 1 h 45, 7 after 8 h 30. Last: 1 after 76 h."""
    found = get_resolution(read_filters(PERIOD, now=ASKED_AT), viewer=everything())
    assert (found.first.count, found.first.median_seconds) == (5, 105 * MINUTE)
    assert (found.last.count, found.last.median_seconds) == (5, 180 * MINUTE)
    assert (found.solved_count, found.reopened_count) == (5, 1)
    assert found.oldest_since == moment(7, "17:00")


def test_rerouting(chain: WorkedChain) -> None:
    """The address named the store of all 20; a person moved the 8th and the 18th."""
    found = get_rerouting(read_filters(PERIOD, now=ASKED_AT), viewer=everything())
    assert (found.total.count, found.total.moved_count, found.central_count) == (20, 2, 0)
    assert {row.code: (row.routed.count, row.routed.moved_count) for row in found.by_store} == {
        "LYO": (10, 1),
        "LIL": (10, 1),
    }
