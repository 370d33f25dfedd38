"""Benchmark: completed answers of a questionnaire, and the whole way to one, against an empty view of the same server.

gunicorn with 2 workers × 8 threads; clients are processes with kept connections on the same cores, each request from an
address of its own. `last_page`: the POST that completes a response of ten questions (bar 200/s). `way`: first page, its
button, the page and its button; counted are completed answers.
`.venv/bin/python -m tests.bench.questionnaire_answers [seconds of a turn]` prints JSON lines.
"""

import multiprocessing
import sys
from dataclasses import replace
from datetime import timedelta
from multiprocessing.pool import Pool
from statistics import median
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import func, insert, select

from hub.app import create_app
from hub.core import clock, signing
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.customers.models import Customer
from hub.questionnaires.links import invitation_token
from hub.questionnaires.models import QuestionnaireInvitation, QuestionnaireResponse
from hub.questionnaires.responding.nonces import FIRST, read_first, sign_page
from hub.questionnaires.words import ResponseState
from tests.bench.mail_in import _config
from tests.bench.serving import CLIENTS, SERVERS, Request, ask_one_by_one, serving, tell_beside_empty
from tests.conftest import ROOT, TUESDAY
from tests.makers.customers import make_customer
from tests.makers.questionnaires import Document, document, make_questionnaire, option, question
from tests.makers.stores import make_chain, make_store

SECONDS = 3.0
ROUNDS = 3
PEOPLE = 40_000
SERIES = ("last_page", "way")
Way = list[Request]


def _document() -> Document:
    choices = [option(f"o{number}") for number in range(5)]
    asked = [question(f"s{number}", "csat", is_required=True) for number in range(5)]
    asked += [question(f"c{number}", "single", options=choices) for number in range(4)]
    return document({"key": "one", "questions": [*asked, question("words", "long_text")]})


SENT = (
    {f"s{number}": "4" for number in range(5)}
    | {f"c{number}": "o2" for number in range(4)}
    | {"words": "Bien"}
)


def _prepare() -> list[tuple[int, str, str]]:
    """As many customers as are asked. Returns of each invitation its id, token and the nonce of a first page."""
    with transaction() as session:
        make_chain(session)
        store = make_store(session)
        published = make_questionnaire(session, _document())
        dora = make_customer(session)
        columns = {c.name: getattr(dora, c.name) for c in dora.__table__.columns if c.name != "id"}
        people = session.scalars(insert(Customer).returning(Customer.id), [columns] * PEOPLE).all()
        asked = {"questionnaire_id": published.id, "store_id": store.id, "language": Language.FRENCH,
                 "created_at": TUESDAY, "has_answered": False}  # fmt: skip
        ids = session.scalars(
            insert(QuestionnaireInvitation).returning(QuestionnaireInvitation.id),
            [asked | {"customer_id": each} for each in people],
        ).all()
    opened = clock.machine_now().timestamp() - 5
    tokens = [(each, invitation_token(each)) for each in ids]
    return [
        (each, token, signing.sign(FIRST, {"t": token, "s": f"{each:x}", "h": {}, "at": opened}))
        for each, token in tokens
    ]


def _way(token: str, nonce: str) -> Way:
    """The four requests of one person; the key of his response follows from the page he opened."""
    machine_now = clock.machine_now()
    key = read_first(nonce, token, least_seconds=1, machine_now=machine_now).key
    page = sign_page(key, machine_now=machine_now - timedelta(seconds=5))
    return [
        ("GET", f"/q/{token}", None),
        ("POST", f"/q/{token}", urlencode({"_nonce": nonce}).encode()),
        ("GET", f"/q/r/{key}", None),
        ("POST", f"/q/r/{key}/one", urlencode({"_nonce": page, **SENT}).encode()),
    ]


def _rate(pool: Pool, port: int, ways: list[Way], seconds: float, turn: int) -> float:
    """Ways a second of all clients together."""
    length = len(ways[0])
    batches = [
        (port, [each for way in ways[place::CLIENTS] for each in way], seconds, turn * CLIENTS + place)
        for place in range(CLIENTS)
    ]
    return sum(pool.starmap(ask_one_by_one, batches)) / seconds / length


def _begin_all(pool: Pool, port: int, ways: list[Way]) -> None:
    """The response of each way is begun, outside of what is measured."""
    batches = [
        (port, [*(way[1] for way in ways[place::CLIENTS]), ("GET", "/q/x", None)], 600.0, 200 + place)
        for place in range(CLIENTS)
    ]
    for told in pool.starmap_async(_all, batches).get():
        assert told


def _all(port: int, requests: Way, seconds: float, number: int) -> bool:
    try:
        ask_one_by_one(port, requests, seconds, number)
    except RuntimeError as error:
        return "404" in str(error)  # the last one, on purpose
    return False


def run(seconds: float = SECONDS) -> dict[str, float]:
    """Medians of the rounds, and their ratios to the empty view."""
    from hub.supervisor.shared import shared_plant

    config = replace(_config(), redis_url=shared_plant(ROOT / "var" / "test").redis_url)
    app = create_app(config)
    with app.app_context():
        ways = [_way(token, nonce) for _, token, nonce in _prepare()]
        with serving(("empty_app", "survey_app"), config):
            rounds = _take_turns(ways, seconds)
        done = select(func.count()).where(QuestionnaireResponse.state == ResponseState.COMPLETE)
        assert db.session.scalar(done), "no answer was kept"
        db.session.remove()
        db.engine.dispose()
    found = {name: median(each[name] for each in rounds) for name in rounds[0]}
    return found | {f"{name}_ratio": median(each[name] / each["empty"] for each in rounds) for name in SERIES}


def _take_turns(ways: list[Way], seconds: float) -> list[dict[str, float]]:
    empty: list[Way] = [[("GET", "/empty", None)]] * 100_000
    share = len(ways) // (2 * ROUNDS + 2)
    rounds: list[dict[str, Any]] = []
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        for turn in range(ROUNDS + 1):  # the first one warms up
            mine = ways[2 * turn * share : (2 * turn + 1) * share]
            other = ways[(2 * turn + 1) * share : (2 * turn + 2) * share]
            port, length = SERVERS["survey_app"], seconds if turn else 0.3
            _begin_all(pool, port, mine)
            rounds.append(
                {
                    "empty": _rate(pool, SERVERS["empty_app"], empty, length, turn),
                    "last_page": _rate(pool, port, [way[3:] for way in mine], length, 10 + turn),
                    "way": _rate(pool, port, other, length, 20 + turn),
                }
            )
    return rounds[1:]


if __name__ == "__main__":
    figures = run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    tell_beside_empty("questionnaire_answers", SERIES, figures, "completed answers/s")
