"""Figures of days as packed CSV, one line a figure, all asked of the one door. The same figures give the same bytes."""

import csv
import gzip
import io
import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from typing import IO, Any

from hub.segments.saved.tables import safe_cell
from hub.staff.rules import SYSTEM_VIEWER
from hub.statistics.columns.working import list_days_with_rows
from hub.statistics.measures import MEASURES
from hub.statistics.measuring.door import list_dated_keys, open_look
from hub.statistics.measuring.figures import Figure
from hub.statistics.rules import Compare, Filters
from hub.statistics.words import Dimension, Grain
from hub.stores.queries import get_chain, list_stores

VALUES = ("measure", "unit", "value", "count", "low", "high")
HEADS = {Grain.STORES: ("day", "store", "store_name", *VALUES), Grain.CHAIN: ("day", *VALUES)}
DIMENSIONS = {Grain.STORES: Dimension.STORE, Grain.CHAIN: Dimension.DAY}
Line = list[object]


def write_days(first: date, last: date, outs: Mapping[Grain, IO[bytes]]) -> dict[Grain, int]:
    """Both files of these days in one walk, each day read once; returns how many figures each holds."""
    names = _name_stores()
    counts = dict.fromkeys(Grain, 0)
    time_zone = get_chain().time_zone
    with ExitStack() as stack:
        sheets = {grain: stack.enter_context(_packed(out)) for grain, out in outs.items()}
        for grain, sheet in sheets.items():
            sheet.writerow(HEADS[grain])
        for day in list_days_with_rows(first, last):
            for grain, line in _list_lines(day, time_zone, names):
                sheets[grain].writerow(line)
                counts[grain] += 1
    return counts


@contextmanager
def _packed(out: IO[bytes]) -> Iterator[Any]:
    """Without a name and a time in the head, which would differ from one run to the next."""
    with (
        gzip.GzipFile(filename="", mode="wb", fileobj=out, mtime=0) as packed,
        io.TextIOWrapper(packed, encoding="utf-8", newline="") as text,
    ):
        yield csv.writer(text, lineterminator="\n")


def _name_stores() -> dict[object, Line]:
    """Code and name by id; the central queue (None) has neither, as at the API."""
    names: dict[object, Line] = {None: ["", ""]}
    for row in list_stores(is_active=None):
        names[row.id] = [safe_cell(row.code), safe_cell(row.name)]
    return names


def _list_lines(day: date, time_zone: str, names: Mapping[object, Line]) -> Iterator[tuple[Grain, Line]]:
    """Every figure of one day, of each store and of the chain."""
    filters = Filters(since_on=day, until_on=day, time_zone=time_zone, compare=Compare.NONE)
    look = open_look(filters, viewer=SYSTEM_VIEWER)
    look.need_all()
    for key in list_dated_keys():
        unit = MEASURES[key].unit
        for grain, dimension in DIMENSIONS.items():
            for each in look.measure(key, dimension):
                place = names.get(each.group, names[None]) if grain is Grain.STORES else []
                yield grain, [day.isoformat(), *place, key, unit, *_cells(each)]


def _cells(figure: Figure) -> Line:
    """Numbers as the API writes them; nothing where it says null."""
    found = (figure.value, figure.count, figure.low, figure.high)
    return ["" if each is None else json.dumps(each) for each in found]


def write_folder(folder: Path, first: date, last: date) -> dict[str, int]:
    """The same into a folder, for whoever asks for other days; returns the figures of each file by its name.

    A name is only seen when its file is whole, and not at all without any figure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {grain: f"{grain}-{first}-{last}.csv.gz" for grain in Grain}
    drafts = {grain: folder / f".{name}.part" for grain, name in names.items()}
    with ExitStack() as stack:
        outs = {grain: stack.enter_context(draft.open("wb")) for grain, draft in drafts.items()}
        counts = write_days(first, last, outs)
    for grain, draft in drafts.items():
        if counts[grain]:
            draft.replace(folder / names[grain])
        else:
            draft.unlink()
    return {names[grain]: count for grain, count in counts.items() if count}
