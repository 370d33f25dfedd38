"""Benchmark: lists, searches, counts and one ticket at 10,000 and at 100,000 tickets (`LARGE=1`: at 1,000,000).

`.venv/bin/python -m tests.bench.ticket_list [counts]` prints JSON lines. Bars: list p50 ≤ 25 ms, p95 at the larger count
≤ 1.5 × p95 at the smaller one. `--plans` prints the plan of what is slow at the largest count.
"""

import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from hub.app import create_app
from hub.content.actions import publish_builtin_templates
from hub.core.db import db, transaction
from hub.core.words import Language
from hub.inbox.queries import (
    TicketFilters,
    access_ticket,
    count_views,
    find_tickets,
    list_events,
    list_thread,
    list_tickets,
)
from hub.inbox.words import InboxView
from hub.staff.rules import Scope, Viewer
from hub.staff.words import Role
from tests.bench.mail_in import _config
from tests.bench.many_tickets import make_chain_of_stores, make_tickets
from tests.conftest import TUESDAY

COUNTS = (10_000, 1_000_000) if os.environ.get("LARGE") else (10_000, 100_000)
ROUNDS, WARM = 200, 8
SLOW_MS = 15.0
Question = Callable[[], object]
# A page of a customer's tickets is full at both sizes: eighteen rows against fifty would compare their drawing.
SEARCHES = {
    "search_rare": "raremjlz",
    "search_common": "lampe",
    "search_middling": "motjbaz",
    "search_two_words": "bougie martin",
    "search_number": "T-2603-0000020",
    "search_filters": "état:ouvert priorité:urgente magasin:m07",
    "search_customer": "client:lefèvre canal:email",
    "search_mine": "assigné:moi",
    "search_urgent": "priorité:urgente",
    "search_reason": "motif:reason_7",
    "search_phrase": '"commande C-4321 de"',
    "search_typo": "lmape mirior",
}


def run(counts: tuple[int, ...] = COUNTS, *, shows_plans: bool = False) -> dict[str, float]:
    """Milliseconds of server time without a web server: p50 and p95 by size and question.

    Each size has its own database, and they are asked in turn, so that what slows the machine down slows both.
    """
    figures: dict[str, float] = {}
    bases: dict[int, tuple[Flask, dict[str, Question]]] = {}
    for count in counts:
        started = time.perf_counter()
        bases[count] = _fill(count)
        figures[f"fill.{count}.seconds"] = time.perf_counter() - started
    for name in bases[counts[0]][1]:
        times = _measure([(app, questions[name]) for app, questions in bases.values()])
        for count, (p50, p95) in zip(counts, times, strict=True):
            figures |= {f"{name}.{count}.p50_ms": p50, f"{name}.{count}.p95_ms": p95}
            if shows_plans and count == counts[-1] and p50 > SLOW_MS:
                app, questions = bases[count]
                with app.app_context():
                    _explain(name, questions[name])
    for app, _ in bases.values():
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    return figures | _ratios(figures, counts)


def _fill(count: int) -> tuple[Flask, dict[str, Question]]:
    app = create_app(_config(f"_{count}"))
    with app.app_context():
        with transaction() as session:
            publish_builtin_templates(now=TUESDAY)
            begin = make_chain_of_stores(session)
        make_tickets(begin, done=0, total=count)
        return app, _questions(begin)


def _ratios(figures: dict[str, float], counts: tuple[int, ...]) -> dict[str, float]:
    """p95 at the largest count against p95 at the smallest."""
    small, large = counts[0], counts[-1]
    names = [name.split(".")[0] for name in figures if name.endswith(f".{small}.p95_ms")]
    return {
        f"{name}.p95_ratio": figures[f"{name}.{large}.p95_ms"] / figures[f"{name}.{small}.p95_ms"]
        for name in names
    }


def _questions(begin: dict[str, int]) -> dict[str, Question]:
    def viewer(scope: Scope) -> Viewer:
        agent_id = begin["first_agent"] + 7
        return Viewer(agent_id, "Ada", "ada@verel.example", Role.AGENT, Language.FRENCH, scope, 0)

    def stores(count: int) -> Viewer:
        first = begin["first_store"]
        return viewer(Scope(is_everything=False, store_ids=frozenset(range(first, first + count))))

    def list_(who: Viewer, view: InboxView = InboxView.WAITING, after: str | None = None) -> Question:
        return lambda: list_tickets(TicketFilters(view=view), who, after=after)

    def search(words: str, who: Viewer) -> Question:
        return lambda: find_tickets(TicketFilters(view=InboxView.ALL, search=words), who)

    head, own, region = viewer(Scope(is_everything=True)), stores(1), stores(12)
    deep = list_tickets(TicketFilters(view=InboxView.ALL), head, size=3000).next_key
    return {
        "list_head_office": list_(head),
        "list_region": list_(region),
        "list_store": list_(own),
        "list_mine": list_(head, InboxView.MINE),
        "list_unassigned": list_(region, InboxView.UNASSIGNED),
        "list_late": list_(region, InboxView.LATE),
        "list_solved_region": list_(region, InboxView.SOLVED),
        "list_all_region": list_(region, InboxView.ALL),
        "list_all_deep": list_(head, InboxView.ALL, deep),
        **{name: search(words, head) for name, words in SEARCHES.items()},
        "search_common_store": search("lampe", own),
        "search_middling_region": search("motjbaz", region),
        "search_rare_region": search("raremjlz", region),
        "count_views_head_office": lambda: count_views(head),
        "count_views_region": lambda: count_views(region),
        "ticket": lambda: _open_ticket("T-2603-0000020", head),
    }


def _open_ticket(number: str, who: Viewer) -> object:
    found = access_ticket(number, who)
    return list_thread(found.id), list_events(found.id)


def _measure(asked: list[tuple[Flask, Question]]) -> list[tuple[float, float]]:
    """p50 and p95 of each question, which are asked one after the other, round by round."""
    times: list[list[float]] = [[] for _ in asked]
    for turn in range(WARM + ROUNDS):
        for place, (app, question) in enumerate(asked):
            with app.app_context():
                start = time.perf_counter()
                question()
                if turn >= WARM:
                    times[place].append((time.perf_counter() - start) * 1000)
                db.session.rollback()
    return [(statistics.median(each), sorted(each)[int(ROUNDS * 0.95)]) for each in times]


def _explain(name: str, question: Question) -> None:
    """The plans of a question's statements, on the error output."""
    seen: list[tuple[str, Any]] = []

    def note(_conn: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        seen.append((statement, values))

    event.listen(Engine, "before_cursor_execute", note)
    question()
    event.remove(Engine, "before_cursor_execute", note)
    with db.engine.connect() as wire:
        for statement, values in seen:
            if "tickets" not in statement and "known_words" not in statement:
                continue
            plan = wire.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", values)
            print(name, *(row[0] for row in plan), sep="\n  ", file=sys.stderr)
        wire.execute(text("ROLLBACK"))
    db.session.rollback()


if __name__ == "__main__":
    asked = tuple(int(each) for each in sys.argv[1:] if each.isdigit()) or COUNTS
    for name, value in run(asked, shows_plans="--plans" in sys.argv).items():
        unit = name.rpartition("_")[2] if not name.endswith("seconds") else "s"
        is_ratio = unit == "ratio"
        line = {"name": f"ticket_list.{name}", "value": round(value, 2), "unit": unit}
        bar = ("p95 at the smallest count", 1.5) if is_ratio else ("list p50", 25)
        machine = f"{platform.machine()}, {os.cpu_count()} cores"
        more = {"baseline": bar[0], "baseline_value": bar[1], "ratio": round(value / bar[1], 2)}
        print(json.dumps({**line, **more, "machine": machine}))
