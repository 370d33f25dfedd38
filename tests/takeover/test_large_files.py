"""Large takeovers: read from the disk, done in batches that end, attempts counted; what ends a worker is left out."""

import io
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.core import clock, files
from hub.core.actor import SYSTEM
from hub.inbox.models import Ticket, TicketAttachment, TicketMessage
from hub.stores.models import Store
from hub.takeover import actions, queries, working
from hub.takeover.opening import open_bytes, open_path
from hub.takeover.running import check_export, open_export
from hub.takeover.words import TakeoverSource, TakeoverState
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_house
from tests.takeover import samples

LARGE = bool(os.environ.get("LARGE"))
FEW, SMALL_BYTES = 24, 5_000
THREADS, FILE_BYTES = (400, 100_000) if LARGE else (FEW, SMALL_BYTES)
"""Three mails a thread, the first with a file: 60 MB, or 150 kB."""


@pytest.fixture
def lyon(session: Session, hand_clock: HandClock) -> Store:
    return make_house(session)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """Machine time in the test's hand: leases run on it."""
    hand = HandClock()
    monkeypatch.setattr(clock, "machine_now", lambda: hand.now)
    return hand


@pytest.fixture(autouse=True)
def forget_opened() -> Iterator[None]:
    yield
    working._Opened.key, working._Opened.export = (), None


def make_mail(thread: int, place: int, file_bytes: int) -> bytes:
    mail = EmailMessage()
    is_ours = place == 1
    mail["From"] = "Ada <ada@verel.example>" if is_ours else f"Client <c{thread}@client.example>"
    mail["To"] = f"c{thread}@client.example" if is_ours else "lyon-part-dieu@hub.example"
    mail["Subject"] = f"Sujet {thread}"
    mail["Message-ID"] = f"<{thread}.{place}@client.example>"
    if place:
        mail["In-Reply-To"] = f"<{thread}.{place - 1}@client.example>"
    if (thread, place) != (3, 2):  # one without a date
        mail["Date"] = format_datetime(datetime(2025, 1, 1, 8, place, tzinfo=UTC) + timedelta(hours=thread))
    mail.set_content(f"Message {place} du fil {thread}\n\nFrom ici\n")
    if place == 0:
        mail.add_attachment(os.urandom(file_bytes), maintype="application", subtype="pdf", filename="a.pdf")
    return mail.as_bytes(unixfrom=False).replace(b"\nFrom ici", b"\n>From ici")


def write_mbox(path: Path, threads: int, file_bytes: int) -> Path:
    """Threads whose mails stand far apart: all first mails, then all answers."""
    with path.open("wb") as file:
        for place in range(3):
            for thread in range(threads):
                mail = make_mail(thread, place, file_bytes)
                file.write(b"From x Mon Jan  1 00:00:00 2025\n" + mail + b"\n\n")
    return path


@pytest.fixture(scope="module")
def mbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mbox(tmp_path_factory.mktemp("mbox") / "export.mbox", THREADS, FILE_BYTES)


@pytest.fixture(scope="module")
def small_mbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mbox(tmp_path_factory.mktemp("mbox") / "small.mbox", FEW, SMALL_BYTES)


def begin(path: Path, session: Session) -> int:
    with path.open("rb") as file:
        takeover_id = actions.begin_takeover(
            TakeoverSource.MBOX,
            file_name=path.name,
            content=file,
            own=["@verel.example"],
            by=SYSTEM,
            now=TUESDAY,
        )
    session.commit()
    return takeover_id


def run_all() -> int:
    count = 0
    while working.work_takeovers(lambda: None):
        count += 1
    return count


def count(session: Session, model: type[object]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_large_mail_file_is_read_and_taken_over_in_batches(
    session: Session, lyon: Store, mbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BATCH", 10)
    takeover_id = begin(mbox, session)
    batches = run_all()
    row = queries.get_takeover(takeover_id)
    assert (row.state, row.total, row.report["tickets"]) == (TakeoverState.CHECKED, THREADS, THREADS)
    assert (row.report["messages"], row.report["bad"]) == (3 * THREADS - 1, 1)
    assert batches == -(-THREADS // 10)
    actions.start_takeover(takeover_id, {}, by=SYSTEM, now=TUESDAY)
    session.commit()
    seen = []
    while working.work_takeovers(lambda: None):
        seen.append(queries.get_takeover(takeover_id).position)
    assert seen[:2] == [10, 20]
    assert queries.get_takeover(takeover_id).state is TakeoverState.DONE
    assert (count(session, Ticket), count(session, TicketMessage)) == (THREADS, 3 * THREADS - 1)
    assert session.scalar(select(func.sum(TicketAttachment.size_bytes))) == THREADS * FILE_BYTES
    [problem] = queries.list_problems(takeover_id).rows
    assert (problem.external_id, problem.reason) == ("<3.2@client.example>", "Its date cannot be read.")
    assert problem.row["subject"] == "Sujet 3"
    texts = session.scalars(select(TicketMessage.text).where(TicketMessage.text.contains("du fil 7\n"))).all()
    assert len(texts) == 3
    assert all("\nFrom ici" in text for text in texts)


def test_memory_does_not_grow_with_the_file(session: Session, lyon: Store, mbox: Path) -> None:
    """Of the file only headers and one thread at a time are in memory."""
    check_export(open_export(TakeoverSource.MBOX, open_path(mbox), now=TUESDAY))  # imports, caches
    tracemalloc.start()
    try:
        check_export(open_export(TakeoverSource.MBOX, open_path(mbox), now=TUESDAY))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    room_bytes = THREADS * 3 * 1500 + 12 * FILE_BYTES + 500_000
    assert peak < room_bytes
    assert not LARGE or room_bytes < mbox.stat().st_size / 10


def test_a_mail_file_in_an_archive_is_the_same(session: Session, lyon: Store, mbox: Path) -> None:
    packed = samples.packed(**{"Takeout__Mail__Tous.mbox": mbox.read_bytes()})
    found = check_export(open_export(TakeoverSource.MBOX, open_bytes("t.zip", packed), now=TUESDAY))
    assert (found.tickets, found.messages, found.bad_count) == (THREADS, 3 * THREADS - 1, 1)


FEW_FILES = """
import resource, sys
from pathlib import Path
from hub.takeover.mail_index import MailIndex
from hub.takeover.opening import open_path

resource.setrlimit(resource.RLIMIT_NOFILE, (350, 350))
index = MailIndex(open_path(Path(sys.argv[1])))
threads = index.threads()
print(len(threads), sum(b"Bonjour" in index.read(place) for thread in threads for place in thread))
"""


@pytest.mark.parametrize("is_packed", [True, False])
def test_thousands_of_files_need_no_thousands_of_descriptors(tmp_path: Path, *, is_packed: bool) -> None:
    """1,500 single mails and 400 small mail files, in a process that may open 350 files."""
    names = [*(f"{number}.eml" for number in range(1500)), *(f"{number}.mbox" for number in range(400))]
    mails = {
        name: b"From x\n" * name.endswith(".mbox") + b"Message-ID: <%s@c>\n\nBonjour\n" % name.encode()
        for name in names
    }
    place = tmp_path / "mails"
    if is_packed:
        place = tmp_path / "mails.zip"
        with ZipFile(place, "w") as archive:
            for name, mail in mails.items():
                archive.writestr(name, mail)
    else:
        place.mkdir()
        for name, mail in mails.items():
            (place / name).write_bytes(mail)
    done = subprocess.run(
        [sys.executable, "-c", FEW_FILES, str(place)], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("1900 1900\n", "")


def test_an_upload_goes_to_the_shelf_in_small_pieces(session: Session) -> None:
    class Source(io.BytesIO):
        asked: list[int | None] = []  # noqa: RUF012 - of this test

        def read(self, size: int | None = -1) -> bytes:
            self.asked.append(size)
            return super().read(size)

    content = os.urandom(3_000_000)
    digest, size = files.keep_stream(Source(content))
    assert size == len(content)
    assert set(Source.asked) == {files.CHUNK_BYTES}
    assert files.read(digest) == content
    assert files.keep_stream(io.BytesIO(content))[0] == files.keep(content) == digest


def test_a_file_that_ends_the_work_each_time_fails_with_its_reason(
    session: Session, lyon: Store, small_mbox: Path, machine: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeover_id = begin(small_mbox, session)

    def fall(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(working, "open_export", fall)
    tried = 0
    for _ in range(100):
        tried += working.work_takeovers(lambda: None)
        machine.move(seconds=60)
    row = queries.get_takeover(takeover_id)
    assert (tried, row.state) == (working.MOST_ATTEMPTS, TakeoverState.FAILED)
    assert row.report["error"] == {"count": "5", "position": "0", "error": "MemoryError: "}
    assert not working.has_due()
    assert not actions.may_start(row.state, row.report), "nothing was read"


class KilledError(BaseException):
    """What a kill looks like from inside."""


def test_a_part_that_ends_its_worker_is_left_out_and_the_others_are_taken(
    session: Session, lyon: Store, small_mbox: Path, machine: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeover_id = begin(small_mbox, session)
    run_all()
    actions.start_takeover(takeover_id, {}, by=SYSTEM, now=TUESDAY)
    session.commit()
    real = working.take_part

    def die_of_nine(export: object, house: object, done: object, place: int, **kwargs: object) -> None:
        if place == 9:
            raise KilledError
        real(export, house, done, place, **kwargs)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(working, "take_part", die_of_nine)
    kills = 0
    for _ in range(60):
        try:
            if not working.work_takeovers(lambda: None):
                machine.now += working.LEASE
        except KilledError:
            kills += 1
            session.expire_all()
    row = queries.get_takeover(takeover_id)
    assert (row.state, kills) == (TakeoverState.DONE, working.MOST_ATTEMPTS)
    assert count(session, Ticket) == FEW - 1
    reasons = {(each.external_id, each.reason) for each in queries.list_problems(takeover_id).rows}
    assert ("9", working.DIED) in reasons


def test_a_part_that_ends_its_worker_while_the_file_is_read_counts_as_bad(
    session: Session, lyon: Store, small_mbox: Path, machine: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    takeover_id = begin(small_mbox, session)
    real = working.check_part

    def die_of_nine(export: object, place: int, found: object) -> None:
        if place == 9:
            raise KilledError
        real(export, place, found)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(working, "check_part", die_of_nine)
    for _ in range(60):
        try:
            if not working.work_takeovers(lambda: None):
                machine.now += working.LEASE
        except KilledError:
            session.expire_all()
    row = queries.get_takeover(takeover_id)
    assert (row.state, row.report["bad"]) == (TakeoverState.CHECKED, 2)  # with the one that cannot be read


def test_one_that_failed_after_it_was_read_goes_on_where_it_was(
    session: Session, lyon: Store, small_mbox: Path, machine: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "BATCH", 10)
    takeover_id = begin(small_mbox, session)
    run_all()
    actions.start_takeover(takeover_id, {}, by=SYSTEM, now=TUESDAY)
    session.commit()
    working.work_takeovers(lambda: None)
    working._Opened.key = ()
    with monkeypatch.context() as broken:

        def fall(*_: object, **__: object) -> None:
            raise OSError(5, "Input/output error")

        broken.setattr(working, "open_export", fall)
        for _ in range(20):
            working.work_takeovers(lambda: None)
            machine.move(seconds=120)
    row = queries.get_takeover(takeover_id)
    assert (row.state, row.position) == (TakeoverState.FAILED, 10)
    actions.start_takeover(takeover_id, {}, by=SYSTEM, now=TUESDAY)
    session.commit()
    run_all()
    row = queries.get_takeover(takeover_id)
    assert (row.state, row.position, row.error) == (TakeoverState.DONE, FEW, "")
    assert count(session, Ticket) == FEW


def test_a_file_that_is_merely_slow_does_not_fail(
    session: Session, lyon: Store, small_mbox: Path, machine: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each time another worker has to open it first."""
    takeover_id = begin(small_mbox, session)
    real = working.open_export

    def slow(*args: object, **kwargs: object) -> object:
        machine.move(seconds=31)
        return real(*args, **kwargs)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(working, "open_export", slow)
    for _ in range(working.MOST_ATTEMPTS + 2):
        working._Opened.key, working._Opened.export = (), None
        working.work_takeovers(lambda: None)
    assert queries.get_takeover(takeover_id).state is TakeoverState.CHECKING
    run_all()
    assert queries.get_takeover(takeover_id).state is TakeoverState.CHECKED
