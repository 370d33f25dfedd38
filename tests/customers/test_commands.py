"""`flask customers rebuild-consents` from the shell."""

import json

from flask import Flask
from sqlalchemy import update
from sqlalchemy.orm import Session

from hub.customers.models import ConsentState
from hub.customers.words import ConsentAction
from tests.makers.customers import say_consent


def test_the_command_finds_and_rights_a_lying_state(app: Flask, session: Session) -> None:
    run = app.test_cli_runner().invoke
    say_consent()
    assert run(args=["customers", "rebuild-consents", "--check"]).exit_code == 0
    session.execute(update(ConsentState).values(action=ConsentAction.WITHDRAWN))
    session.commit()
    found = run(args=["customers", "rebuild-consents", "--check"])
    assert (found.exit_code, json.loads(found.output)["missing_count"]) == (1, 1)
    assert json.loads(run(args=["customers", "rebuild-consents"]).output)["extra_count"] == 1
    assert run(args=["customers", "rebuild-consents", "--check"]).exit_code == 0
