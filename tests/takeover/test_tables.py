"""Tables of another helpdesk: read line by line whatever their size, each line by its place."""

import csv
import os
import tracemalloc
from pathlib import Path

import pytest

from hub.takeover.freshdesk import open_freshdesk
from hub.takeover.opening import open_bytes, open_path

LARGE = bool(os.environ.get("LARGE"))


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_of_any_size_is_read_line_by_line(tmp_path: Path, mark: str) -> None:
    """What stays in memory is the place of each line, not what it says; quoted cells may hold lines and marks."""
    count, cell = (400_000, 2_000) if LARGE else (2_000, 1_000)
    path = tmp_path / "tickets.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=mark)
        writer.writerow(["Ticket ID", "Subject", "Status", "Created Time", "Email"])
        for number in range(count):
            said = f'Lampe "{number}"{mark} cassée\nsur deux lignes ' + "é" * cell
            writer.writerow([number, said, "Open", "2026-03-01 10:00:00", f"c{number}@client.example"])
            writer.writerow([""] * 5) if number == 1 else None
    bundle = open_path(tmp_path)
    tracemalloc.start()
    export = open_freshdesk(bundle)
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(export.tickets) == count
    assert held < path.stat().st_size / 4
    for number in (0, 1, 2, count - 1, 7):
        ticket = export.tickets[number]()
        assert ticket.external_id == str(number)
        assert ticket.subject.startswith(f'Lampe "{number}"{mark} cassée\nsur deux lignes éé')


def test_a_cell_without_quotes_keeps_signs_that_look_like_line_ends() -> None:
    table = open_freshdesk(
        open_bytes(
            "tickets.csv", "Ticket ID,Subject,Status,Created Time\n1,a\u2028b\x0cc,Open,2026-03-01\n".encode()
        )
    )
    assert table.tickets[0]().subject == "a\u2028b\x0cc"
