"""`flask mail publish`: after an upgrade the changed mails get a new version, the others stay."""

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.content.models import TemplateVersion
from hub.content.words import TemplateState
from tests.conftest import TUESDAY, HandClock


def test_only_changed_mails_are_published_anew(app: Flask, session: Session, hand_clock: HandClock) -> None:
    publish_builtin_templates(now=TUESDAY)
    before = session.scalar(select(func.count()).select_from(TemplateVersion))
    changed = session.scalars(select(TemplateVersion.id).limit(2)).all()
    session.execute(
        update(TemplateVersion)
        .where(TemplateVersion.id.in_(changed))
        .values(source_hash="of an older source")
    )
    run = app.test_cli_runner().invoke
    assert run(args=["mail", "publish"]).output == "2 new versions.\n"
    assert run(args=["mail", "publish"]).output == "0 new versions.\n"
    session.expire_all()
    assert session.scalar(select(func.count()).select_from(TemplateVersion)) == (before or 0) + 2
    states = session.scalars(select(TemplateVersion.state).where(TemplateVersion.id.in_(changed)))
    assert set(states) == {TemplateState.RETIRED}
