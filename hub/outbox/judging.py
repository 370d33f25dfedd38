"""The gate's verdict for a batch of which one message cannot be judged: it is blocked and told, the others go on."""

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError

from hub.core.db import db
from hub.outbox.gathering import judge
from hub.outbox.letter import Letter
from hub.outbox.rules import Answer, Verdict
from hub.outbox.words import BlockReason

log = structlog.get_logger(__name__)


def judge_each(letters: Sequence[Letter], *, now: datetime, is_last_look: bool = False) -> dict[int, Verdict]:
    """As `judge`, but a message whose judgement raises is never sent, and stops no other.

    A failure of the database is nobody's fault and is raised: the batch is judged again.
    """
    try:
        return judge(letters, now=now, is_last_look=is_last_look)
    except SQLAlchemyError:
        raise
    except Exception:
        log.exception("outbox.apart", count=len(letters))
    refused = {
        letter.id: verdict
        for letter in letters
        if (verdict := _try(letter, now=now, is_last_look=is_last_look)) is not None
    }
    rest = [letter for letter in letters if letter.id not in refused]
    return refused | (judge(rest, now=now, is_last_look=is_last_look) if rest else {})


def _try(letter: Letter, *, now: datetime, is_last_look: bool) -> Verdict | None:
    """The verdict on a message that cannot be judged. The locks taken on the way are given back: judged alone it counts nothing."""
    attempt = db.session.begin_nested()
    try:
        judge([letter], now=now, is_last_look=is_last_look)
    except SQLAlchemyError:
        raise
    except Exception as error:
        log.exception("outbox.alarm", kind="cannot_be_judged", outbound_id=letter.id)
        return Verdict(Answer.NEVER, BlockReason.CONTENT, f"cannot be judged: {type(error).__name__}")
    finally:
        if attempt.is_active:
            attempt.rollback()
    return None
