"""Publishing the delivered mails as frozen versions and finding them again."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from hub.content import actions, queries
from hub.content.catalog import get_builtin, list_keys
from hub.content.models import MessageTemplate, TemplateVersion
from hub.content.rendering import render
from hub.content.rows import DraftContent, SeenDraft
from hub.content.words import Automatic, TemplateState
from hub.core.actor import SYSTEM, Actor
from hub.core.errors import Conflict, NotFound
from hub.core.words import ActorKind, Language, Purpose
from tests.conftest import TUESDAY
from tests.makers.staff import make_agent
from tests.makers.stores import make_chain

LATER = TUESDAY + timedelta(days=1)


@pytest.fixture
def undelivered(session: Session) -> None:
    """As before the first start: databases of tests have our mails."""
    for row in (TemplateVersion, MessageTemplate):
        session.execute(delete(row))


def test_publish_writes_each_mail_once(session: Session, undelivered: None) -> None:
    assert actions.publish_builtin_templates(now=TUESDAY) == 2 * len(list_keys())
    assert actions.publish_builtin_templates(now=LATER) == 0
    assert session.scalar(select(func.count()).select_from(TemplateVersion)) == 2 * len(list_keys())
    survey = session.scalar(select(MessageTemplate).where(MessageTemplate.key == "survey"))
    assert survey is not None
    assert survey.purpose is Purpose.SURVEY
    assert survey.is_builtin


def test_a_changed_source_makes_a_new_version_and_keeps_the_old_one(session: Session) -> None:
    actions.publish_builtin_templates(now=TUESDAY)
    old = queries.get_published("thanks", "fr")
    row = session.get(TemplateVersion, old.id)
    assert row is not None
    row.source_hash = "of an earlier source"
    session.flush()
    assert actions.publish_builtin_templates(now=LATER) == 1
    new = queries.get_published("thanks", "fr")
    assert new.id != old.id
    assert queries.get_version(old.id) == old
    numbers = session.execute(
        select(TemplateVersion.number, TemplateVersion.state)
        .where(TemplateVersion.id.in_([old.id, new.id]))
        .order_by(TemplateVersion.number)
    ).all()
    assert [tuple(row) for row in numbers] == [(1, TemplateState.RETIRED), (2, TemplateState.PUBLISHED)]
    assert queries.get_published("thanks", "en").language == "en"


def test_what_is_published_renders(session: Session) -> None:
    actions.publish_builtin_templates(now=TUESDAY)
    for key in list_keys():
        for language in Language:
            template, mail = queries.get_published(key, language), get_builtin(key, language)
            assert template.purpose == mail.purpose, key
            assert template.automatic is mail.automatic, key
            assert "Maison Verel" in render(template, mail.examples()).html, key


def test_a_template_made_here_is_automatic_unless_it_is_a_reply(session: Session) -> None:
    actions.publish_builtin_templates(now=TUESDAY)
    for purpose, automatic in ((Purpose.NEWSLETTER, Automatic.GENERATED), (Purpose.REPLY, Automatic.NO)):
        template = MessageTemplate(
            key=f"own_{purpose}", purpose=purpose, is_builtin=False, created_at=TUESDAY
        )
        session.add(template)
        session.flush()
        version = TemplateVersion(
            template_id=template.id,
            language="fr",
            number=1,
            state=TemplateState.PUBLISHED,
            subject="[[subject]]",
            source="",
            source_hash="",
            html="<p>[[subject]]</p>",
            text="[[subject]]",
            variables=[{"name": "subject", "kind": "text", "is_required": True, "fallback": ""}],
            published_at=TUESDAY,
        )
        session.add(version)
        session.flush()
        found = queries.get_published(f"own_{purpose}", "fr")
        assert found.automatic is automatic
        assert render(found, {"subject": "a < b"}).html == "<p>a &lt; b</p>"


def test_not_found(session: Session, undelivered: None) -> None:
    with pytest.raises(NotFound):
        queries.get_published("survey", "fr")
    with pytest.raises(NotFound):
        queries.get_version(10**12)


def seen_of(key: str) -> dict[Language, SeenDraft]:
    """What a page that shows the drafts as they are now would send back."""
    drafts = queries.list_drafts(queries.get_template(key, "fr").id)
    return {draft.language: SeenDraft(draft.id, draft.revision) for draft in drafts}


def publish(key: str) -> None:
    actions.publish_drafts(key=key, seen=seen_of(key), house=queries.get_house(), by=SYSTEM, now=LATER)


def own_version(key: str, subject: str) -> int:
    """Customise, rewrite the French subject and publish; returns the id of the version in use."""
    actions.customise(key=key, by=SYSTEM, now=LATER)
    draft = queries.find_draft(queries.get_template(key, "fr").id, Language.FRENCH)
    assert draft is not None
    written = DraftContent(
        subject=subject, preheader=draft.preheader, sms_text=draft.sms_text, blocks=draft.blocks
    )
    actions.save_draft(
        key=key,
        language=Language.FRENCH,
        content=written,
        seen_revision=draft.revision,
        by=SYSTEM,
        now=LATER,
    )
    publish(key)
    return queries.get_published(key, "fr").id


def test_a_new_delivered_source_stays_behind_the_chains_own_version(session: Session) -> None:
    make_chain(session)
    actions.publish_builtin_templates(now=TUESDAY)
    delivered = queries.get_published("thanks", "fr").id
    own = own_version("thanks", "Merci, votre réponse est bien arrivée")
    assert own != delivered
    row = session.get_one(TemplateVersion, delivered)
    assert row.state is TemplateState.PUBLISHED
    row.source_hash = "of an earlier source"
    session.flush()
    assert actions.publish_builtin_templates(now=LATER) == 1
    assert queries.get_published("thanks", "fr").id == own
    assert actions.publish_builtin_templates(now=LATER) == 0
    actions.go_back_to_delivered(key="thanks", by=SYSTEM, now=LATER)
    back = queries.get_published("thanks", "fr")
    assert back.id not in {own, delivered}
    with pytest.raises(Conflict):
        actions.go_back_to_delivered(key="thanks", by=SYSTEM, now=LATER)


def test_a_delivered_version_can_be_taken_up_again_as_a_draft(session: Session) -> None:
    make_chain(session)
    actions.publish_builtin_templates(now=TUESDAY)
    before = render(queries.get_published("survey", "fr"), get_builtin("survey", "fr").examples())
    own_version("survey", "Que pensez-vous de votre commande ?")
    actions.restore_version(key="survey", language=Language.FRENCH, number=1, seen=None, by=SYSTEM, now=LATER)
    publish("survey")
    after = render(queries.get_published("survey", "fr"), get_builtin("survey", "fr").examples())
    assert (after.subject, after.sms_text) == (before.subject, before.sms_text)
    assert after.text.split() == before.text.split()


def do(act: str, seen: dict[Language, SeenDraft]) -> None:
    """One of the three acts on the drafts of the thanks mail."""
    if act == "publish":
        actions.publish_drafts(key="thanks", seen=seen, house=queries.get_house(), by=SYSTEM, now=LATER)
    elif act == "discard":
        actions.discard_drafts(key="thanks", seen=seen, by=SYSTEM, now=LATER)
    else:
        french = seen.get(Language.FRENCH)
        actions.restore_version(
            key="thanks", language=Language.FRENCH, number=1, seen=french, by=SYSTEM, now=LATER
        )


def refuse(act: str, seen: dict[Language, SeenDraft]) -> None:
    """It is refused with what was seen, and says what to do."""
    with pytest.raises(Conflict, match="read the draft as it is now"):
        do(act, seen)


@pytest.mark.parametrize("act", ["publish", "discard", "restore"])
def test_what_somebody_else_wrote_meanwhile_is_neither_lost_nor_published(session: Session, act: str) -> None:
    make_chain(session)
    actions.publish_builtin_templates(now=TUESDAY)
    actions.customise(key="thanks", by=SYSTEM, now=LATER)
    seen = seen_of("thanks")
    nora = Actor(ActorKind.AGENT, make_agent(session, "Nora Petit").id)
    draft = queries.list_drafts(queries.get_template("thanks", "fr").id)[0]
    assert draft.language is Language.FRENCH
    content = DraftContent(subject="De Nora", blocks=draft.blocks)
    actions.save_draft(
        key="thanks",
        language=Language.FRENCH,
        content=content,
        seen_revision=draft.revision,
        by=nora,
        now=LATER,
    )
    refuse(act, seen)
    refuse(act, {})
    kept = queries.find_draft(draft.template_id, Language.FRENCH)
    assert kept is not None
    assert kept.subject == "De Nora"
    assert not queries.get_template("thanks", "fr").own_languages


@pytest.mark.parametrize("act", ["publish", "discard", "restore"])
def test_a_draft_begun_again_is_not_the_one_that_was_seen(session: Session, act: str) -> None:
    make_chain(session)
    actions.publish_builtin_templates(now=TUESDAY)
    actions.customise(key="thanks", by=SYSTEM, now=LATER)
    seen = seen_of("thanks")
    actions.discard_drafts(key="thanks", seen=seen, by=SYSTEM, now=LATER)
    actions.customise(key="thanks", by=SYSTEM, now=LATER)
    again = seen_of("thanks")
    assert [each.revision for each in again.values()] == [each.revision for each in seen.values()]
    refuse(act, seen)
    assert seen_of("thanks") == again
