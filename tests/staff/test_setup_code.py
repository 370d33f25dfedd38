"""The set-up code is printed while the installation is empty, and not afterwards."""

from flask import Flask
from sqlalchemy.orm import Session

from hub.staff.actions import get_setup_code
from tests.makers.stores import make_chain


def test_the_code_is_printed_while_it_is_needed(app: Flask, session: Session) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(args=["setup-code", "--if-needed"]).output.strip() == get_setup_code()
    make_chain(session)
    session.commit()
    assert runner.invoke(args=["setup-code", "--if-needed"]).output == ""
    assert runner.invoke(args=["setup-code"]).output.strip() == get_setup_code()
