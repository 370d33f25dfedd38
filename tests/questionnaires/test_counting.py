"""Answers are counted once, whatever dies and however many count at once, and counting again gives the same."""

import contextlib
import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.questionnaires.models import QuestionnaireResponse
from hub.questionnaires.results.counting import ALL_WEEKS, count_batch, has_due, work_counts
from hub.questionnaires.results.models import AnswerCount, QuestionnaireComment
from hub.questionnaires.results.recounting import recount
from hub.questionnaires.results.theming import save_theme
from tests.conftest import TUESDAY
from tests.makers.responses import add_responses, draw_responses, make_answered
from tests.makers.stores import make_chain, make_store
from tests.makers.sweeping import sweep


@pytest.fixture
def house(session: Session) -> Session:
    make_chain(session)
    return session


Counts = dict[tuple[str, str], tuple[int, float, float]]


def counts() -> Counts:
    """Over all weeks, stores and languages."""
    sums = (func.sum(getattr(AnswerCount, name)) for name in ("count", "total", "squares"))
    rows = db.session.execute(
        select(AnswerCount.question_key, AnswerCount.code, *sums)
        .where(AnswerCount.week_on == ALL_WEEKS)
        .group_by(AnswerCount.question_key, AnswerCount.code)
    )
    return {(key, code): (int(count), total, squares) for key, code, count, total, squares in rows}


def test_each_kind_is_counted_and_what_was_skipped_is_no_answer(house: Session) -> None:
    ids = make_answered(house)
    store = make_store(house)
    full = {
        "csat": 5, "nps": 0, "ces": 7, "mark": 0, "why": "other", "what": ["price", "welcome"],
        "order": ["welcome", "price", "advice"], "grid": {"shop": "good", "site": "bad"}, "spent": 0,
        "call": False, "photo": 2,
    }  # fmt: skip
    told = {"note": "Bien", "day": "2026-02-01", "why.other": "Le parking", "who": {"email": "a@b.example"}}
    add_responses(house, *ids, [full], told=told, store_id=store.id)
    add_responses(house, *ids, [{"csat": 2}], store_id=store.id)
    assert has_due()
    assert work_counts(lambda: None) == 2
    assert not has_due()
    found = counts()
    assert found["csat", "*"] == (2, 7.0, 29.0)
    assert found["nps", "*"] == (1, 0.0, 0.0)
    ones = [
        ("csat", "5"), ("csat", "2"), ("nps", "0"), ("ces", "7"), ("mark", "0"), ("why", "other"), ("what", "price"),
        ("what", "welcome"), ("order", "welcome@1"), ("order", "advice@3"), ("grid", "shop=good"), ("grid", "site=bad"),
        ("spent", "*"), ("call", "no"), ("photo", "+"), ("note", "+"), ("day", "+"), ("who", "+"),
    ]  # fmt: skip
    assert all(found[cell][0] == 1 for cell in ones)
    assert found["nps", ""][0] == found["csat", ""][0] == found["more", ""][0] == 2
    assert ("more", "*") not in found
    assert ("read", "") not in found
    week = date(2026, 3, 2)
    places = house.execute(select(AnswerCount.store_id, AnswerCount.week_on).distinct())
    assert {tuple(row) for row in places} == {(store.id, week), (store.id, ALL_WEEKS)}
    comments = house.execute(select(QuestionnaireComment.question_key, QuestionnaireComment.text)).all()
    assert sorted(map(tuple, comments)) == [("note", "Bien"), ("why.other", "Le parking")]


@pytest.mark.parametrize("seed", range(4))
def test_counting_as_they_come_is_counting_again(house: Session, seed: int) -> None:
    """A drawn history: answers come between batches of any size, some of which are rolled back."""
    draw = random.Random(seed)
    ids = make_answered(house)
    stores = [make_store(house, code=f"S{number}", name=f"Shop {number}").id for number in range(3)]
    for turn in range(6):
        draw_responses(house, *ids, draw.randrange(8), stores=stores, seed=10 * seed + turn)
        savepoint = house.begin_nested()
        count_batch(draw.randrange(1, 6))
        if draw.random() < 0.4:
            savepoint.rollback()
        else:
            savepoint.commit()
    while work_counts(lambda: None):
        pass
    before = counts()
    found = recount(is_check=True)
    assert (found.wrong, found.erased_count) == ((), 0)
    recount(is_check=False)
    assert counts() == before
    house.execute(
        update(AnswerCount).where(AnswerCount.question_key == "nps").values(count=AnswerCount.count + 1)
    )
    assert {cell.question_key for cell in recount(is_check=True).wrong} <= {"nps"}


def test_the_command_says_what_is_wrong(app: Flask, house: Session) -> None:
    ids = make_answered(house)
    add_responses(house, *ids, [{"csat": 5}], told={"note": "Anne Martin"})
    work_counts(lambda: None)
    runner = app.test_cli_runner()
    assert runner.invoke(args=["questionnaires", "recount", "--check"]).exit_code == 0
    house.execute(update(QuestionnaireResponse).values(words={}))  # an erasure
    found = runner.invoke(args=["questionnaires", "recount", "--check"])
    assert (found.exit_code, json.loads(found.output)["erased"]) == (0, 4)  # two cells, by week and in all
    house.execute(update(AnswerCount).where(AnswerCount.code == "5").values(count=9))
    assert runner.invoke(args=["questionnaires", "recount", "--check"]).exit_code == 1
    assert runner.invoke(args=["questionnaires", "recount"]).exit_code == 0
    assert runner.invoke(args=["questionnaires", "recount", "--check"]).exit_code == 0


def test_a_theme_that_changed_is_read_into_comments_again(house: Session) -> None:
    ids = make_answered(house)
    words = {"note": "Les livraisons sont en retard", "more": "Parfait"}
    add_responses(house, *ids, [{}], told=words)
    add_responses(house, *ids, [{}], told={"note": "Late deliveries"}, language=Language.ENGLISH)
    work_counts(lambda: None)
    assert not has_due()
    theme = save_theme(theme_id=None, name_fr="Livraison", name_en="Delivery", keywords="livraison, delivery", reason_id=None, by=SYSTEM, now=TUESDAY)  # fmt: skip
    assert has_due()
    assert work_counts(lambda: None) == 3
    found = themes_by_text(house)
    assert found == {words["note"]: [theme], "Parfait": [], "Late deliveries": [theme]}
    save_theme(theme_id=theme, name_fr="Retard", name_en="", keywords="en retard", reason_id=None, by=SYSTEM, now=TUESDAY)  # fmt: skip
    work_counts(lambda: None)
    assert not has_due()
    found = themes_by_text(house)
    assert [found[text] for text in (words["note"], "Late deliveries")] == [[theme], []]


def themes_by_text(house: Session) -> dict[str, list[int]]:
    rows = house.execute(select(QuestionnaireComment.text, QuestionnaireComment.theme_ids))
    return {text: list(ids) for text, ids in rows}


@pytest.fixture
def open_house(app: Flask) -> Iterator[Flask]:
    """Without the savepoint: threads with connections of their own really commit; swept afterwards."""
    yield app
    with app.app_context():
        db.session.remove()
        sweep()


def die() -> None:
    """All is written, and nothing committed."""
    with contextlib.suppress(InterruptedError), transaction():
        count_batch(20)
        raise InterruptedError


def test_two_workers_count_each_answer_once_and_a_death_in_between_counts_nothing(open_house: Flask) -> None:
    with open_house.app_context(), transaction() as session:
        make_chain(session)
        ids = make_answered(session)
        draw_responses(session, *ids, 120, stores=[])
    start = Barrier(2)

    def work(is_dying: bool) -> int:
        done = 0
        with open_house.app_context():
            start.wait()
            if is_dying:
                die()
            while True:
                with transaction():
                    found = count_batch(20)
                if not found:
                    return done
                done += found

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, (True, False))
    with open_house.app_context():
        while work_counts(lambda: None):
            first += 1
        with transaction():
            assert recount(is_check=True).wrong == ()
        assert counts()["csat", ""][0] == 120
        assert db.session.scalar(select(func.count()).where(QuestionnaireResponse.is_counted.is_(False))) == 0
        db.session.remove()
    assert first + second >= 100
