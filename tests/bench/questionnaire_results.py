"""Benchmark: the results page of a questionnaire with very many answers, memory of who serves it, and counting.

`SIZE=1000000 .venv/bin/python -m tests.bench.questionnaire_results` makes that many complete responses to 20 questions over
61 stores and half a year (without SIZE 50,000), a tenth as many begun ones and as many invitations, and prints JSON lines.
"""

import json
import os
import re
import resource
import sys
import time
from datetime import timedelta
from pathlib import Path
from statistics import quantiles

from flask.testing import FlaskClient
from sqlalchemy import text

from hub.app import create_app
from hub.core.actor import SYSTEM
from hub.core.db import db, transaction
from hub.questionnaires.results.counting import BATCH, count_batch
from hub.questionnaires.results.exporting import MOST_ROWS
from hub.questionnaires.results.keeping import keep_ways
from hub.questionnaires.results.sharing import share_report
from hub.staff.words import Role
from tests.bench.bulk import bulk_filling
from tests.bench.mail_in import _config
from tests.bench.telling import tell_each
from tests.conftest import TUESDAY
from tests.makers.responses import make_answered
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_region, make_store

SIZE = int(os.environ.get("SIZE") or 50_000)
STORES, QUESTIONS, TIMES, COUNTED = 61, 20, 20, 20_000
KINDS = ("csat", "nps", "ces", "scale")
TABLES = ("questionnaire_responses", "questionnaire_invitations", "questionnaire_answer_counts", "customers")
RESPONSES = """
    INSERT INTO questionnaire_responses (key, questionnaire_id, version_id, store_id, language, state, answers, words, hidden,
        shown, page_key, started_at, changed_at, completed_at, is_counted)
    SELECT :state || i, :questionnaire, :version, (CAST(:stores AS bigint[]))[1 + (hashint8(i) & 2147483647) % 61],
        CASE i % 20 WHEN 0 THEN 'en' ELSE 'fr' END, :state, {answers}, '{{}}', '{{}}', CAST(:shown AS jsonb),
        'p' || 1 + i % 2, at, at, CASE :state WHEN 'complete' THEN at END, CAST(:counted AS boolean)
    FROM (SELECT i, CAST(:now AS timestamptz) - make_interval(hours => ((hashint8(i + 7) & 2147483647) % 4368)::int) AS at
        FROM generate_series(1::bigint, CAST(:size AS bigint)) AS i) AS drawn
"""
CUSTOMERS = """
    INSERT INTO customers (id, first_name, last_name, sort_key, street, postcode, town, country, company, language, created_at, updated_at)
    SELECT i, 'Dora', 'Martin ' || i, 'martin dora ' || i, '', '69003', 'Lyon', 'FR', '', 'fr', :now, :now
    FROM generate_series(1, CAST(:size AS int)) AS i
"""
INVITATIONS = """
    INSERT INTO questionnaire_invitations (questionnaire_id, customer_id, store_id, language, created_at, delivered_at, has_answered, answered_at)
    SELECT :questionnaire, i, (CAST(:stores AS bigint[]))[1 + i % 61], 'fr', :now, :now, i % 3 = 0, CASE WHEN i % 3 = 0 THEN :now END
    FROM generate_series(1, CAST(:size AS int)) AS i
"""
CELLS = """
    INSERT INTO questionnaire_answer_counts (questionnaire_id, version_id, store_id, week_on, language, question_key, code, count, total, squares)
    WITH told AS (
        SELECT store_id, CAST(date_trunc('week', completed_at AT TIME ZONE 'Europe/Paris') AS date) AS week_on, language,
            given.key, CAST(value AS int) AS score, count(*) AS answers
        FROM questionnaire_responses, jsonb_each_text(answers) AS given WHERE state = 'complete' GROUP BY 1, 2, 3, 4, 5
    )
    SELECT CAST(:questionnaire AS bigint), CAST(:version AS bigint), store_id, week_on, language, key, CAST(score AS text), sum(answers), 0, 0 FROM told
    GROUP BY store_id, week_on, language, key, score
    UNION ALL
    SELECT CAST(:questionnaire AS bigint), CAST(:version AS bigint), store_id, week_on, language, key, sign, sum(answers), sum(answers * score) * (sign = '*')::int,
        sum(answers * score * score) * (sign = '*')::int
    FROM told, (VALUES (''), ('*')) AS signs (sign) GROUP BY store_id, week_on, language, key, sign
"""


WHOLE = """
    INSERT INTO questionnaire_answer_counts (questionnaire_id, version_id, store_id, week_on, language, question_key, code, count, total, squares)
    SELECT questionnaire_id, version_id, store_id, CAST('0001-01-01' AS date), language, question_key, code, sum(count), sum(total), sum(squares)
    FROM questionnaire_answer_counts GROUP BY questionnaire_id, version_id, store_id, language, question_key, code
"""


def document() -> dict[str, object]:
    questions = [
        {
            "key": f"q{number}",
            "kind": KINDS[number % 4],
            "least": 0,
            "most": 10,
            "words": {"fr": f"Question {number} ?"},
        }
        for number in range(QUESTIONS)
    ]
    pages = [{"key": f"p{part + 1}", "questions": questions[part * 10 : part * 10 + 10]} for part in range(2)]
    return {"format": 1, "title": {"fr": "Enquête"}, "mode": "identified", "pages": pages}


def scores() -> str:
    """A drawn answer to each question, inside its scale."""
    ends = {"csat": (1, 5), "nps": (0, 11), "ces": (1, 7), "scale": (0, 11)}
    parts = []
    for number in range(QUESTIONS):
        low, width = ends[KINDS[number % 4]]
        parts.append(f"'q{number}', {low} + (hashint8(i * 31 + {number}) & 2147483647) % {width}")
    return f"jsonb_build_object({', '.join(parts)})"


def fill(size: int) -> int:
    """The questionnaire's id."""
    with transaction() as session:
        make_chain(session)
        regions = [make_region(session, f"Region {number}").id for number in range(5)]
        stores = [
            make_store(session, f"Store {number}", code=f"S{number}", region_id=regions[number % 5]).id
            for number in range(STORES)
        ]
        make_agent(session, role=Role.MARKETER)
        ids = make_answered(session, document())
    given = {"questionnaire": ids[0], "version": ids[1], "stores": stores, "now": TUESDAY, "size": size}
    shown = json.dumps([f"q{number}" for number in range(QUESTIONS)])
    with bulk_filling(TABLES) as wire:
        for statement, more in (
            (RESPONSES.format(answers=scores()), {"state": "complete", "shown": shown, "counted": True}),
            (
                RESPONSES.format(answers="'{}'"),
                {"state": "partial", "shown": shown, "counted": False, "size": size // 10},
            ),
            (CUSTOMERS, {}),
            (INVITATIONS, {}),
            (CELLS, {}),
            (WHOLE, {}),
        ):
            names = set(re.findall(r"(?<!:):(\w+)", statement))
            wire.execute(
                text(statement), {name: value for name, value in (given | more).items() if name in names}
            )
    return ids[0]


def page_ms(client: FlaskClient, url: str) -> float:
    start = time.perf_counter()
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return (time.perf_counter() - start) * 1000


def p95(client: FlaskClient, url: str) -> float:
    client.get(url)
    return quantiles([page_ms(client, url) for _ in range(TIMES)], n=20)[-1]


def counted_a_second() -> float:
    """A part of them counted again, as if they had just come."""
    with transaction() as session:
        session.execute(
            text(
                "UPDATE questionnaire_responses SET is_counted = false WHERE id IN"
                " (SELECT id FROM questionnaire_responses WHERE state = 'complete' ORDER BY id LIMIT :most)"
            ),
            {"most": COUNTED},
        )
    start, count = time.perf_counter(), 0
    while True:
        with transaction():
            found = count_batch(BATCH)
        if not found:
            return count / (time.perf_counter() - start)
        count += found


def _share(questionnaire: int) -> str:
    with transaction():
        return share_report(questionnaire, has_comments=True, by=SYSTEM, now=TUESDAY)


def spss(client: FlaskClient, url: str) -> dict[str, float]:
    """All answers as a .sav file: how long, and how much of it stays in who serves it."""
    before = held_mb()
    seconds = page_ms(client, f"{url}/answers.sav") / 1000
    return {"spss_s": seconds, "spss_web_kept_mb": held_mb() - before}


def held_mb() -> float:
    """What this process holds now, not at its peak."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1_048_576


def run(size: int = SIZE) -> dict[str, float]:
    app = create_app(_config("_results"))
    with app.app_context():
        questionnaire = fill(size)
        with transaction():
            keep_ways(now=TUESDAY)
        client, url = app.test_client(), f"/questionnaires/{questionnaire}/results"
        with transaction() as session:
            from hub.staff.models import Agent

            agent = session.query(Agent).one()
        log_in(client, agent)
        lately = (TUESDAY - timedelta(weeks=8)).date()
        found = {
            "page_p95_ms": p95(client, url),
            "store_p95_ms": p95(client, f"{url}?store=S7"),
            "eight_weeks_p95_ms": p95(client, f"{url}?since={lately}&language=fr"),
            "list_p95_ms": p95(client, "/questionnaires/"),
            "managers_list_p95_ms": p95(client, "/questionnaires/results"),
            "shared_p95_ms": p95(client, f"/q/report/{_share(questionnaire)}"),
            "web_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            **(spss(client, url) if size <= MOST_ROWS else {}),
            "counted_per_s": counted_a_second(),
        }
        db.session.remove()
        db.engine.dispose()
    return found


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    tell_each(f"questionnaire_results.{asked}", run(asked))
