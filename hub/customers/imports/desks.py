"""The desk of an import, opened once per process: what the base knows is asked once, not once a batch."""

import json
from datetime import datetime
from typing import Any

from hub.customers.imports.barring import BARRED
from hub.customers.imports.desk import Desk, learn, open_desk
from hub.customers.imports.models import CustomerImport
from hub.customers.imports.reading import walk_rows


class _Last:
    """The desk this process used last."""

    key: tuple[object, ...] = ()
    desk: Desk | None = None


def open_for(row: CustomerImport, now: datetime) -> Desk:
    """What its rows are judged with; the same all day as long as nothing was chosen otherwise."""
    given = [row.mapping, row.choices, row.learned, row.about.get(BARRED)]
    key = (row.id, json.dumps(given, sort_keys=True), now.date())
    if _Last.key != key or _Last.desk is None:
        _Last.desk, _Last.key = open_desk(row, now), key
    return Desk(**{**vars(_Last.desk), "now": now})


def learn_file(desk: Desk, sha256: str, name: str) -> dict[str, Any]:
    """What the whole file tells of itself; never empty."""
    return {"is_read": True, **learn(desk, walk_rows(sha256, name))}
