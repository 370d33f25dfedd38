"""Two processes that make the cohort table anew at the same moment do it one after the other."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hub.core.db import db
from hub.segments.values.cohorts import roll_up
from tests.conftest import TUESDAY
from tests.makers.stores import make_chain


def test_who_rolls_up_second_waits_for_the_first(session: Session) -> None:
    make_chain(session)
    session.execute(text("SET LOCAL lock_timeout = '100ms'"))
    with db.engine.connect() as other:
        other.execute(text("LOCK TABLE cohort_cells IN SHARE ROW EXCLUSIVE MODE"))
        with pytest.raises(OperationalError, match="lock timeout"), session.begin_nested():
            roll_up(now=TUESDAY)
        other.rollback()
    roll_up(now=TUESDAY)
