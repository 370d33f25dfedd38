"""`flask mail pauses` and `flask mail resume`: why mail waits, and letting it go once the fault is mended."""

import json
from datetime import timedelta

from flask import Flask
from sqlalchemy.orm import Session

from hub.core.audit import AuditEntry
from hub.core.words import Channel
from hub.outbox.pausing import pause_sender
from tests.conftest import TUESDAY, HandClock

REFUSAL = "535 5.7.8 authentication failed"


def run(app: Flask, *arguments: str) -> str:
    done = app.test_cli_runner().invoke(args=["mail", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_a_pause_says_why_and_ends_on_demand(app: Flask, session: Session, hand_clock: HandClock) -> None:
    assert run(app, "pauses") == ""
    pause_sender(Channel.EMAIL, REFUSAL, wait=timedelta(minutes=15), now=TUESDAY)
    [row] = [json.loads(line) for line in run(app, "pauses").splitlines()]
    assert row == {
        "channel": "email",
        "detail": REFUSAL,
        "paused_at": TUESDAY.isoformat(),
        "resumes_at": (TUESDAY + timedelta(minutes=15)).isoformat(),
    }
    assert run(app, "resume") == "Mail leaves again.\n"
    assert run(app, "pauses") == ""
    assert session.query(AuditEntry).filter_by(action="sender.resumed").count() == 1
