"""Nightly files under kill -9: nothing is seen of a night that died in the middle, and it is written again, once."""

import signal
import time

import pytest
from sqlalchemy import select, text

from hub.core import files
from hub.core.db import db
from hub.orders.actions import take_in
from hub.staff.rules import SYSTEM_VIEWER
from hub.statistics.exports.queries import list_exports
from hub.statistics.exports.working import has_due, work_figure_exports
from hub.statistics.models import FigureExport
from tests.conftest import TUESDAY
from tests.flows import export_worker
from tests.flows.conftest import House
from tests.flows.nursery import Worker, start
from tests.makers.orders import an_event
from tests.makers.statistics import work_off
from tests.makers.stores import make_chain, make_store

pytestmark = pytest.mark.faults
WAITING = text("""
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE NOT granted AND relation = 'figure_exports'::regclass AND datname = current_database()
""")
PATIENCE_SECONDS = 60
ONLY_HERE = 76_543
"""Cents that no other test sells for: the same figures would be the same files, on the same shelf."""


def shelf(house: House) -> set[str]:
    folder = house.config.var_path / "files"
    return {f"{path.parent.name}{path.name}" for path in folder.glob("??/*")}


def kill_at_the_first_row(house: House) -> None:
    """It has put its first file on the shelf and cannot write the row, since we hold the table."""
    with db.engine.connect() as holder, db.engine.connect() as eye:
        holder.execute(text("LOCK TABLE figure_exports IN SHARE MODE"))
        worker: Worker = start(export_worker.main, house.environ)
        stop_at = time.monotonic() + PATIENCE_SECONDS
        while not eye.scalar(WAITING):
            assert worker.poll() is None
            assert time.monotonic() < stop_at
            time.sleep(0.01)
        worker.kill()
        assert worker.wait(timeout=60) == -signal.SIGKILL
        assert list_exports(SYSTEM_VIEWER) == []
        house.forget()
        holder.rollback()


def test_killed_between_file_and_row_the_night_is_written_again_as_if_nothing_had_been(house: House) -> None:
    make_chain(house.session)
    make_store(house.session)
    take_in(an_event(total_cents=ONLY_HERE), source="shop", now=TUESDAY)
    house.commit()
    work_off()
    house.forget()
    before = shelf(house)
    kill_at_the_first_row(house)
    left = shelf(house) - before
    assert left
    stop_at = time.monotonic() + PATIENCE_SECONDS
    while not work_figure_exports(lambda: None):
        assert time.monotonic() < stop_at, "the turn of the dead is not given back"
        time.sleep(0.05)
    house.forget()
    rows = house.session.scalars(select(FigureExport).order_by(FigureExport.grain.desc())).all()
    assert [row.name for row in rows] == [
        "stores-recent-2026-03-03.csv.gz",
        "chain-recent-2026-03-03.csv.gz",
    ]
    assert shelf(house) - before == {str(row.file_sha256) for row in rows}, "the file of the dead is the same"
    assert all(len(files.read(str(row.file_sha256))) == row.size_bytes for row in rows)
    assert (has_due(), work_figure_exports(lambda: None)) == (False, 0)
