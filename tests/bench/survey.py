"""Benchmark: the survey page (GET) and its answer (POST) against an empty view of the same server.

gunicorn with 2 workers × 8 threads; clients are processes with kept connections on the same cores. The rate limit is
on, with Redis: each request comes from an address of its own, behind a proxy. Empty view, GET and POST take turns, and
the ratios are the medians of the rounds: bars 0.20 for the GET and 0.10 for the POST, and 200 answers/s.
`.venv/bin/python -m tests.bench.survey [seconds of a turn]` prints JSON lines.
"""

import multiprocessing
import sys
from dataclasses import replace
from datetime import timedelta
from statistics import median
from urllib.parse import urlencode

from sqlalchemy import func, insert, select

from hub.app import create_app
from hub.core import clock, signing
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.surveys.actions import add_builtin_survey
from hub.surveys.links import token_of
from hub.surveys.models import Answer, Invitation
from hub.surveys.queries import get_survey_id
from hub.surveys.words import AnswerState, InvitationState
from tests.bench.mail_in import _config
from tests.bench.serving import CLIENTS, SERVERS, Request, rate, serving, tell_beside_empty
from tests.conftest import ROOT, TUESDAY
from tests.makers.customers import make_customer
from tests.makers.orders import make_order
from tests.makers.stores import make_chain, make_store

SECONDS = 3.0
ROUNDS = 4
INVITATIONS = 60_000
SERIES = ("get", "post", "get.unlimited", "post.unlimited")


def _prepare() -> list[str]:
    """One store, one order an invitation. Returns the tokens."""
    with transaction() as session:
        make_chain(session)
        store = make_store(session)
        customer = make_customer(session)
        add_builtin_survey(now=TUESDAY)
        order = make_order(session, customer_id=customer.id, store_id=store.id)
        columns = {c.name: getattr(order, c.name) for c in order.__table__.columns if c.name != "id"}
        rows = [{**columns, "external_id": f"S{n}", "event_key": f"bench:{n}"} for n in range(INVITATIONS)]
        ids = session.scalars(insert(type(order)).returning(type(order).id), rows).all()
        now = clock.machine_now()
        invitation = {
            "survey_id": get_survey_id(),
            "customer_id": customer.id,
            "store_id": store.id,
            "language": Language.FRENCH,
            "state": InvitationState.OPEN,
            "created_at": now,
            "expires_at": now + timedelta(days=30),
        }
        found = session.scalars(
            insert(Invitation).returning(Invitation.id), [invitation | {"order_id": each} for each in ids]
        ).all()
    return [token_of(each) for each in found]


def _answers(tokens: list[str]) -> list[tuple[str, str, bytes | None]]:
    """A page opened five seconds ago for each token, as its signed nonce says."""
    opened = clock.machine_now().timestamp() - 5
    found: list[tuple[str, str, bytes | None]] = []
    for number, token in enumerate(tokens):
        nonce = signing.sign("survey-page", {"token": token, "page": f"p{number}", "at": opened})
        body = urlencode({"nonce": nonce, "choice": "3", "comment": "Bien"}).encode()
        found.append(("POST", f"/a/{token}/3", body))
    return found


def run(seconds: float = SECONDS) -> dict[str, float]:
    """Requests a second of the empty view, of the GET and of the POST, and the ratios of the two to the first."""
    from hub.supervisor.shared import shared_plant

    config = replace(_config(), redis_url=shared_plant(ROOT / "var" / "test").redis_url)
    app = create_app(config)
    with app.app_context():
        tokens = _prepare()
        with serving(tuple(SERVERS), config):
            rounds = _take_turns(tokens, seconds)
        answers = db.session.scalar(
            select(func.count()).select_from(Answer).where(Answer.state == AnswerState.CONFIRMED)
        )
        assert answers, "no answer was kept"
        db.session.remove()
        db.engine.dispose()
    found = {name: median(each[name] for each in rounds) for name in rounds[0]}
    ratios = {f"{name}_ratio": median(each[name] / each["empty"] for each in rounds) for name in SERIES}
    return found | ratios


def _take_turns(tokens: list[str], seconds: float) -> list[dict[str, float]]:
    """Each answer is the first one of its invitation: every round has its own share of them."""
    empty: list[Request] = [("GET", "/empty", None)] * 100_000
    looks: list[Request] = [("GET", f"/a/{token}/3", None) for token in tokens]
    answers = _answers(tokens)
    share = len(tokens) // (2 * ROUNDS + 2)
    with multiprocessing.get_context("spawn").Pool(CLIENTS) as pool:
        rounds = []
        for turn in range(ROUNDS + 1):  # the first one warms up
            mine = slice(2 * turn * share, (2 * turn + 1) * share)
            other = slice((2 * turn + 1) * share, (2 * turn + 2) * share)
            limited, unlimited = SERVERS["survey_app"], SERVERS["unlimited_app"]
            length = seconds if turn else 0.3
            rounds.append(
                {
                    "empty": rate(pool, SERVERS["empty_app"], empty, length, turn),
                    "get": rate(pool, limited, looks[mine], length, 10 + turn),
                    "post": rate(pool, limited, answers[mine], length, 20 + turn),
                    "get.unlimited": rate(pool, unlimited, looks[other], length, 30 + turn),
                    "post.unlimited": rate(pool, unlimited, answers[other], length, 40 + turn),
                }
            )
    return rounds[1:]


if __name__ == "__main__":
    figures = run(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS)
    tell_beside_empty("survey", SERIES, figures, "requests/s")
