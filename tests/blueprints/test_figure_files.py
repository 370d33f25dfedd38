"""Nightly files of figures: their bytes beside the API's figures, twice, late, restated, put off, let go, and who may have them."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from hub.core import apart, files
from hub.core.loose_files import LooseFile
from hub.orders.models import Order
from hub.outbox.words import MessageState
from hub.staff.words import ApiScope, Role
from hub.statistics.columns.marking import mark
from hub.statistics.exports.working import find_due_since, has_due, work_figure_exports
from hub.statistics.measures import MEASURES
from hub.statistics.measuring.door import LIVE, list_keys
from hub.statistics.models import FigureExport
from hub.statistics.words import Subject
from hub.surveys.actions import add_builtin_survey
from hub.surveys.words import Choice
from tests.conftest import TUESDAY, HandClock
from tests.makers.counting import counted_statements
from tests.makers.customers import make_customer
from tests.makers.keys import make_key
from tests.makers.orders import make_order
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent
from tests.makers.statistics import gather_all, work_off
from tests.makers.stores import make_chain
from tests.makers.surveys import Asked, invite_again, make_answer, make_invitation
from tests.makers.worked_chain import WorkedChain, make_worked_chain, moment

API, PAGE = "/api/v1/statistics", "/statistics/files"
DAY = "2026-04-07"
OF_STORES, OF_CHAIN = "stores-recent-2026-03-03.csv.gz", "chain-recent-2026-03-03.csv.gz"
MOST_STATEMENTS = 12
VALUES = ("value", "count", "low", "high")
SUNDAY = (TUESDAY - timedelta(days=2)).date()
WEDNESDAY = TUESDAY + timedelta(days=1)
Line = dict[str, str]


@pytest.fixture
def shop(session: Session, hand_clock: HandClock) -> Asked:
    """Tuesday; Lyon has had one order, on Sunday."""
    asked = make_invitation(session)
    gather_all()
    work_off()
    return asked


class Fetcher:
    """A tool that reads figures, with a key of its own."""

    def __init__(self, session: Session, client: FlaskClient, agent_id: int | None = None) -> None:
        self.client, self.headers = client, make_key(session, agent_id, ApiScope.STATISTICS_READ)

    def get(self, path: str, status: int = 200, **args: str) -> Any:
        answer = self.client.get(f"{API}/{path}", headers=self.headers, query_string=args)
        assert answer.status_code == status, answer.text
        return answer

    def names(self) -> list[str]:
        return [row["name"] for row in self.get("exports").json["exports"]]

    def lines(self, name: str) -> list[Line]:
        return read(self.get(f"exports/{name}").data)

    def figures(self, key: str, **args: str) -> dict[str, list[Any]]:
        found = self.get(key, since=DAY, until=DAY, **args).json["figures"]
        return {row["group"] or "": [row[name] for name in VALUES] for row in found}


@pytest.fixture
def fetcher(session: Session, client: FlaskClient) -> Fetcher:
    return Fetcher(session, client)


def read(packed: bytes) -> list[Line]:
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode())))


def work() -> int:
    return work_figure_exports(lambda: None)


def cells(lines: list[Line], key: str, group: str) -> dict[str, list[Any]]:
    """The figures of a measure on the day, by store or by day; an empty cell is the API's null."""
    return {
        line[group]: [json.loads(line[name] or "null") for name in VALUES]
        for line in lines
        if (line["measure"], line["day"]) == (key, DAY)
    }


def orders_on_sunday(lines: list[Line]) -> list[str]:
    wanted = ("orders", str(SUNDAY))
    return [line["value"] for line in lines if (line["measure"], line["day"]) == wanted]


def fill_last_day(session: Session, chain: WorkedChain) -> None:
    """An order, an answer and a letter of Lyon, whose name begins as a formula does, beside the story of tickets."""
    at, lyon = moment(7, "10:00"), chain.stores["LYO"]
    letter = post_draft(session, "one", store_id=lyon.id)
    letter.state, letter.recipient = MessageState.ACCEPTED, "dora@client.example"
    letter.is_opening_measured = True
    letter.accepted_at = letter.ended_at = at
    lyon.name = "=Lyon"
    make_answered_order(session, lyon.id, at)
    gather_all()
    work_off()


def make_answered_order(session: Session, store_id: int, at: datetime) -> None:
    add_builtin_survey(now=at)
    dora = make_customer(session).id
    asked = invite_again(session, Asked(0, "", 0, dora, store_id), "A1")
    session.get_one(Order, asked.order_id).placed_at = at
    make_answer(session, asked, Choice.SATISFIED, at=at)


def test_each_figure_of_the_files_is_that_of_the_api(
    session: Session, fetcher: Fetcher, hand_clock: HandClock
) -> None:
    """Every measure that has days; a store's line is what the API says of that store, by store and by day."""
    fill_last_day(session, make_worked_chain(session, hand_clock))
    assert work() == 1
    of_stores, of_chain = (
        fetcher.lines(f"{grain}-recent-2026-04-08.csv.gz") for grain in ("stores", "chain")
    )
    dated = [key for key in list_keys() if key not in LIVE]
    told = {line["measure"] for line in of_chain if line["day"] == DAY}
    assert told == {key for key in dated if fetcher.figures(key, by="day")}
    assert {"waits", "reopened", "routed", "csat", "orders", "messages_opened", "contact_rate"} <= told
    for key in dated:
        by_store = cells(of_stores, key, "store")
        assert by_store == fetcher.figures(key, by="store"), key
        assert cells(of_chain, key, "day") == fetcher.figures(key, by="day"), key
        of_lyon = [found for code, found in by_store.items() if code == "LYO"]
        assert list(fetcher.figures(key, by="day", store="LYO").values()) == of_lyon, key
    assert {line["unit"] for line in of_chain if line["measure"] == "median_reply"} == {"business seconds"}
    assert {line["store_name"] for line in of_stores} == {"'=Lyon", "Lille"}
    assert max(line["day"] for line in of_stores) == DAY, "today is not over"
    assert all(line["unit"] == MEASURES[line["measure"]].unit for line in of_stores)


def test_the_list_says_what_a_file_is_and_only_who_sees_the_chain_has_them(
    session: Session, client: FlaskClient, fetcher: Fetcher, shop: Asked
) -> None:
    head = make_agent(session, "Cleo", email="cleo@x.example", role=Role.HEAD_OFFICE)
    log_in(client, head)
    assert "pas encore écrits" in client.get(f"{PAGE}?lang=fr").text
    work()
    told = {row["name"]: row for row in fetcher.get("exports").json["exports"]}[OF_STORES]
    answer = fetcher.get(f"exports/{OF_STORES}")
    assert (told["bytes"], told["rows"]) == (len(answer.data), len(read(answer.data)))
    assert told["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert (told["night"], told["since"], told["until"]) == ("2026-03-03", "2026-01-27", "2026-03-02")
    assert (told["grain"], told["span"]) == ("stores", "recent")
    assert (answer.mimetype, answer.headers.get("Content-Encoding")) == ("application/gzip", None)
    known = fetcher.headers | {"If-None-Match": answer.headers["ETag"]}
    assert client.get(f"{API}/exports/{OF_STORES}", headers=known).status_code == 304
    fetcher.get("exports/stores-recent-2026-03-04.csv.gz", 404)
    with counted_statements() as statements:
        page = client.get(PAGE).text
    assert len(statements) <= MOST_STATEMENTS
    assert ("27 janv. 2026 – 2 mars 2026" in page, "pas encore écrits" in page) == (True, False)
    answer = client.get(f"{PAGE}/{OF_STORES}")
    assert read(answer.data) == fetcher.lines(OF_STORES)
    assert answer.headers["Content-Disposition"] == f"attachment; filename={OF_STORES}"
    assert Fetcher(session, client, head.id).lines(OF_STORES)
    manager = make_agent(
        session, "Max", email="max@x.example", role=Role.STORE_MANAGER, store_ids=(shop.store_id,)
    )
    log_in(client, manager)
    assert [client.get(f"{PAGE}{rest}").status_code for rest in ("", f"/{OF_STORES}")] == [404, 404]
    assert PAGE not in client.get("/statistics/").text
    of_manager = Fetcher(session, client, manager.id)
    of_manager.get("exports", 403)
    of_manager.get(f"exports/{OF_STORES}", 403)


def test_a_night_writes_once_with_the_same_bytes_and_the_next_one_restates(
    session: Session, fetcher: Fetcher, shop: Asked, hand_clock: HandClock
) -> None:
    assert (work(), work(), has_due()) == (1, 0, False)
    rows = session.scalars(select(FigureExport)).all()
    before = {row.name: row.file_sha256 for row in rows}
    assert sorted(before) == [OF_CHAIN, OF_STORES]
    for row in rows:
        session.delete(row)
    session.flush()
    assert work() == 1
    assert {row.name: row.file_sha256 for row in session.scalars(select(FigureExport))} == before
    make_order(session, customer_id=shop.customer_id, store_id=shop.store_id, external_id="A2")
    gather_all()
    assert not has_due(), "what comes late is in the files of the next night"
    hand_clock.now = WEDNESDAY.replace(hour=1, minute=59)
    assert not has_due()
    hand_clock.now = WEDNESDAY.replace(hour=2)
    mark([(Subject.ORDERS, SUNDAY)])
    assert (has_due(), work()) == (False, 0), "a day waits to be gathered"
    hand_clock.now = WEDNESDAY.replace(hour=5)
    assert (has_due(), find_due_since()) == (True, WEDNESDAY.replace(hour=2)), "but not for ever"
    days = [SUNDAY - timedelta(days=number) for number in range(20)]
    mark(
        (subject, day)
        for subject in (Subject.WAITS, Subject.TICKETS, Subject.ANSWERS, Subject.SOLUTIONS)
        for day in days
    )
    assert not has_due(), "all days wait, as after an upgrade"
    assert (work_off(), work()) == (1 + 4 * len(days), 1)
    assert orders_on_sunday(fetcher.lines("stores-recent-2026-03-04.csv.gz")) == ["2"]
    assert orders_on_sunday(fetcher.lines(OF_STORES)) == ["1"]


def test_a_fortnight_of_nights_is_kept_and_each_month_of_a_year_written_anew(
    session: Session, fetcher: Fetcher, shop: Asked, hand_clock: HandClock
) -> None:
    def work_all() -> int:
        return sum(iter(work, 0))

    work()
    hand_clock.now = TUESDAY + timedelta(days=29)
    assert work_all() == 2, "before March nothing was, and nothing is looked for again and again"
    kept = [
        f"{grain}-{span}.csv.gz"
        for span in ("recent-2026-04-01", "month-2026-03")
        for grain in ("stores", "chain")
    ]
    assert fetcher.names() == kept
    assert fetcher.lines(kept[2]) == fetcher.lines(kept[0]), "the same figures, of other days"
    assert len(session.scalars(select(LooseFile)).all()) == 2, "the shelf drops the first two a week from now"
    make_order(session, customer_id=shop.customer_id, store_id=shop.store_id, external_id="A2")
    gather_all()
    assert work_all() == 0
    hand_clock.now = TUESDAY + timedelta(days=59)
    assert work_all() == 3
    assert fetcher.names() == kept[2:], "nothing happened in April: no file without a line"
    assert orders_on_sunday(fetcher.lines(kept[2])) == ["2"], "what came late is in the month"
    hand_clock.now = TUESDAY + timedelta(days=400)
    assert (has_due(), fetcher.names()) == (False, kept[2:]), (
        "of a whole year without figures nothing is owed"
    )


@pytest.fixture
def broken_shelf(tmp_path: Path, settings: Config) -> Iterator[None]:
    """The disk takes no file."""
    (tmp_path / "file").write_text("")
    files.use_folder(tmp_path / "file")
    yield
    files.use_folder(settings.var_path / "files")


def test_a_night_that_fails_is_seen_and_tried_again(
    session: Session, client: FlaskClient, fetcher: Fetcher, shop: Asked, broken_shelf: None, settings: Config
) -> None:
    assert (work(), has_due()) == (0, False)
    assert fetcher.names() == []
    [told] = apart.list_put_off()
    assert (told.kind, told.row_id) == ("figure_exports", 20260303)
    log_in(client, make_agent(session, "Cleo", email="cleo@x.example", role=Role.ADMINISTRATOR))
    assert (
        "Files of figures of a night (date) 20260303" in client.get("/settings/operations/work?lang=en").text
    )
    assert "pas encore écrits" in client.get(f"{PAGE}?lang=fr").text
    files.use_folder(settings.var_path / "files")
    apart.put_off("figure_exports", 20260303, "", machine_now=TUESDAY - timedelta(days=1))
    assert work() == 1
    assert apart.list_put_off() == []


def test_nothing_is_written_of_an_empty_base(session: Session, client: FlaskClient, fetcher: Fetcher) -> None:
    make_chain(session)
    with counted_statements() as statements:
        assert not has_due()
    assert len(statements) <= 3
    assert (work(), fetcher.names()) == (0, [])
    log_in(client, make_agent(session, "Cleo", email="cleo@x.example", role=Role.HEAD_OFFICE))
    assert "Aucun fichier pour l’instant" in client.get(PAGE).text


def test_any_days_can_be_written_into_a_folder(app: Flask, shop: Asked, tmp_path: Path) -> None:
    def run(folder: str, **days: str) -> Any:
        options = [word for name, day in days.items() for word in (f"--{name}", day)]
        return app.test_cli_runner().invoke(args=["statistics", "export", str(tmp_path / folder), *options])

    told = run("out", since=str(SUNDAY), until=str(SUNDAY))
    assert told.exit_code == 0, told.output
    names = [f"{grain}-{SUNDAY}-{SUNDAY}.csv.gz" for grain in ("chain", "stores")]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names, "and no draft"
    lines = read((tmp_path / "out" / names[1]).read_bytes())
    assert ({line["day"] for line in lines}, orders_on_sunday(lines)) == ({str(SUNDAY)}, ["1"])
    assert json.loads(told.output)["files"][names[1]] == len(lines)
    assert run("none", until="2020-01-01").exit_code == 0
    assert list((tmp_path / "none").iterdir()) == []
    assert run("none", since="2026-03-02", until="2026-03-01").exit_code == 2
