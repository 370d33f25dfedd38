"""The desk of an import, opened once per process: what the base knows is asked once, not once a batch."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from hub.customers.hygiene.checking import values_of
from hub.customers.hygiene.findings import Field
from hub.customers.hygiene.mails import check_mail
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


def ask_servers(desk: Desk, rows: Iterable[tuple[int, Sequence[str]]]) -> None:
    """Ask DNS about the mail domains of rows before the import is locked; each answer is kept as long as the desk."""
    if desk.known.has_mail_server is not None:
        for _, cells in rows:
            check_mail(values_of(cells, desk.columns).get(Field.MAIL, ""), desk.known)


def learn_file(desk: Desk, sha256: str, name: str) -> dict[str, Any]:
    """What the whole file tells of itself; never empty."""
    return {"is_read": True, **learn(desk, walk_rows(sha256, name))}
