"""Keeps what a phone message costs on its row."""

from collections.abc import Sequence

from sqlalchemy import text

from hub.channels.base import Cost
from hub.core.db import db

_NOTE = text(
    """
    UPDATE outbound_messages AS message
    SET segment_count = given.segments, price_micros = given.price, price_currency = given.currency
    FROM unnest(
        CAST(:ids AS bigint[]), CAST(:segments AS bigint[]), CAST(:prices AS bigint[]), CAST(:currencies AS text[])
    ) AS given (id, segments, price, currency)
    WHERE message.id = given.id
    """
)


def note_costs(costs: Sequence[tuple[int, Cost]]) -> None:
    """Segments and price by message id, in one statement; whatever became of the message meanwhile."""
    if not costs:
        return
    db.session.execute(
        _NOTE,
        {
            "ids": [row_id for row_id, _ in costs],
            "segments": [cost.segment_count for _, cost in costs],
            "prices": [cost.price_micros for _, cost in costs],
            "currencies": [cost.currency for _, cost in costs],
        },
    )
