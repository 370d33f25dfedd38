"""An export of many JSON files: those of one name in several folders are all taken, and none is kept open."""

import gc
import json
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from hub.takeover.opening import open_path
from hub.takeover.running import open_export
from hub.takeover.words import TakeoverSource
from tests.conftest import TUESDAY

FILES = 320


def ticket_row(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "subject": f"Commande {number}",
        "status": 2,
        "priority": 1,
        "source": 1,
        "created_at": "2025-11-03T09:00:00Z",
        "updated_at": "2025-11-03T09:00:00Z",
        "description_text": "Bonjour",
        "requester": {"id": 1, "name": "Dora Lefèvre", "email": "dora@client.example"},
        "state": "open",
        "articles": [
            {"id": number, "body": "Bonjour", "sender": "Customer", "created_at": "2025-11-03T09:00:00Z"}
        ],
    }


@pytest.fixture
def few_descriptors() -> Iterator[None]:
    """This process may open 300 more files."""
    gc.collect()
    usual = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/dev/fd").iterdir())) + 300, usual[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, usual)


@pytest.mark.usefixtures("few_descriptors")
@pytest.mark.parametrize("is_packed", [True, False])
@pytest.mark.parametrize("source", [TakeoverSource.FRESHDESK, TakeoverSource.ZAMMAD])
def test_tickets_of_many_files_of_the_same_name_are_all_there(
    tmp_path: Path, source: TakeoverSource, *, is_packed: bool
) -> None:
    place = tmp_path / "export"
    for number in range(FILES):
        below = place / f"2025-{number}"
        below.mkdir(parents=True)
        (below / "tickets.json").write_text(json.dumps([ticket_row(number)]))
    if is_packed:
        whole, place = place, tmp_path / "export.zip"
        with ZipFile(place, "w") as archive:
            for each in whole.rglob("*.json"):
                archive.write(each, each.relative_to(whole))
    export = open_export(source, open_path(place), now=TUESDAY)
    assert {read().external_id for read in export.tickets} == {str(number) for number in range(FILES)}


@pytest.mark.parametrize("source", [TakeoverSource.FRESHDESK, TakeoverSource.ZAMMAD])
def test_a_file_that_the_machine_cannot_read_now_is_not_called_unreadable(
    tmp_path: Path, source: TakeoverSource
) -> None:
    """The work is put off and tried again, as after any trouble of the machine."""
    (tmp_path / "tickets.json").write_text("[]")
    bundle = open_path(tmp_path)
    (tmp_path / "tickets.json").unlink()
    with pytest.raises(OSError, match=r"tickets\.json"):
        open_export(source, bundle, now=TUESDAY)
