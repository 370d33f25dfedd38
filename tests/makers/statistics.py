"""Columns of statistics in tests: gathered as workers do after facts, or all at once for rows written by hand."""

from hub.reactions import drain
from hub.statistics.columns import working
from hub.statistics.columns.layouts import Day
from hub.statistics.columns.rebuilding import compare, list_pieces, rebuild_all


def work_off() -> int:
    """What facts were recorded since reach the columns; returns how many days were gathered."""
    while drain.work_facts(lambda: None):
        pass
    count = 0
    while done := working.work_statistics(lambda: None):
        count += done
    return count


def gather_all() -> None:
    """For rows that no action wrote."""
    rebuild_all()


def find_differing() -> list[Day]:
    """Days whose columns are not what the rooms' rows say."""
    return [day for piece in list_pieces() for day in compare(piece)[1]]
