"""What was begun and never sent goes by its term, anonymous ones sooner; how far people came stays what it was."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.core.loose_files import LooseFile
from hub.identity import retention
from hub.questionnaires.models import QuestionnaireResponse, ResponseFile
from hub.questionnaires.responding.queries import get_entrance
from hub.questionnaires.responding.uploads import Upload
from hub.questionnaires.results.following import Followed, count_way
from hub.questionnaires.results.models import KeptStop
from hub.questionnaires.words import ResponseState
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer, make_emil
from tests.makers.questionnaires import (
    Published,
    document,
    make_asked,
    make_link,
    make_questionnaire,
    question,
    respond,
    send_page,
    start,
)
from tests.makers.stores import make_chain
from tests.reviews.pictures import a_png

PAGES = (
    {"key": "one", "questions": [question("csat", "csat", is_required=True), question("photo", "file")]},
    {"key": "two", "questions": [question("word", "text"), question("nps", "nps")]},
    {"key": "three", "questions": [question("last", "text")]},
)


def way(published: Published) -> tuple[int, dict[str, int], dict[str, int]]:
    found: Followed = count_way(published.id, now=TUESDAY)
    return found.partial, dict(found.left), dict(found.seen)


def keep_terms() -> None:
    while retention.work_retention(lambda: None):
        pass


def states(session: Session) -> list[tuple[int, ResponseState]]:
    session.expire_all()
    rows = select(QuestionnaireResponse).order_by(QuestionnaireResponse.started_at)
    return sorted((row.questionnaire_id, row.state) for row in session.scalars(rows))


def test_partial_answers_go_and_the_drop_off_stays(session: Session, hand_clock: HandClock) -> None:
    make_chain(session)
    named = make_questionnaire(session, document(*PAGES), key="named")
    nameless = make_questionnaire(session, document(*PAGES, mode="anonymous"), key="nameless")
    asked_id, hers = make_asked(session, named, customer_id=make_customer(session).id)
    _, his = make_asked(session, named, customer_id=make_emil(session).id)
    uploads = {"photo": [Upload("rayon.png", a_png())]}
    send_page(start(hers), "one", {"csat": "2"}, files=uploads)
    photo = session.scalars(select(ResponseFile.sha256)).one()
    respond(his, {"csat": "5", "word": "Bien"})
    for number, published in enumerate((named, nameless, nameless)):
        _, link = make_link(session, published, name=f"L{number}")
        send_page(start(link), "one", {"csat": "1"})
    late = start(make_link(session, named, name="late")[1], now=TUESDAY + timedelta(days=35))
    before = way(named), way(nameless)
    assert before[0] == (3, {"two": 2, "one": 1}, {"csat": 3, "photo": 3, "word": 2, "nps": 2})

    session.commit()
    hand_clock.move(days=40)
    for key in ("questionnaires_begun_namelessly", "questionnaires_begun"):
        assert not retention.get_term(key).is_on, "a person switches it on"
    retention.set_term("questionnaires_begun_namelessly", months=1, is_on=True, by=SYSTEM, now=hand_clock.now)
    keep_terms()
    partial, complete = ResponseState.PARTIAL, ResponseState.COMPLETE
    assert states(session) == sorted([(named.id, complete), *[(named.id, partial)] * 3])
    assert (way(named), way(nameless)) == before
    retention.set_term("questionnaires_begun", months=1, is_on=True, by=SYSTEM, now=hand_clock.now)
    keep_terms()
    assert states(session) == sorted([(named.id, complete), (named.id, partial)])
    assert session.scalar(select(QuestionnaireResponse.key).filter_by(state=partial)) == late.key
    assert (way(named), way(nameless)) == before
    assert session.scalars(select(KeptStop.count).order_by(KeptStop.questionnaire_id)).all() == [2, 2]
    assert session.scalars(select(ResponseFile)).all() == []
    assert session.scalars(select(LooseFile.sha256)).all() == [photo], "an hour later it leaves the shelf"
    assert get_entrance(hers, now=hand_clock.now).response_key is None

    again = start(hers, now=hand_clock.now)
    send_page(again, "one", {"csat": "4"}, now=hand_clock.now)
    session.commit()
    hand_clock.move(days=40)
    keep_terms()
    assert way(named)[0] == 4, "who begins anew and stops again stopped twice"
    counts = select(KeptStop.page_key, KeptStop.count).where(KeptStop.questionnaire_id == named.id)
    assert {row.page_key: row.count for row in session.execute(counts)} == {"two": 3, "one": 1}
    assert get_entrance(hers, now=hand_clock.now).invitation_id == asked_id
