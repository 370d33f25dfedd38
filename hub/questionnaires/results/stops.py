"""Keeps where people stopped, as sums, before a response that was begun and not sent goes."""

from collections.abc import Sequence

from sqlalchemy import text

from hub.core.db import db

_KEEP = text(
    """
    INSERT INTO questionnaire_stops AS kept (questionnaire_id, page_key, shown_hash, shown, count)
    SELECT questionnaire_id, page_key, md5(shown::text), shown, count(*)
    FROM questionnaire_responses
    WHERE id = ANY(:ids) AND state = 'partial'
    GROUP BY questionnaire_id, page_key, shown
    ON CONFLICT (questionnaire_id, page_key, shown_hash) DO UPDATE SET count = kept.count + excluded.count
    """
)


def keep_stops(response_ids: Sequence[int]) -> None:
    """In the transaction that deletes them, so that each is counted once, there or here."""
    db.session.execute(_KEEP, {"ids": list(response_ids)})
