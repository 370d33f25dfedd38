"""The template pages as a marketer uses them: list, editor without script, preview, checks, publishing, tests."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from hub.content import actions, queries
from hub.content.blocks import BlockKind
from hub.content.rows import DraftView
from hub.core.words import Language, Purpose
from hub.customers.words import Title
from hub.outbox.models import OutboundMessage
from hub.outbox.queries import get_content
from hub.staff.words import Role
from tests.conftest import TUESDAY, HandClock
from tests.makers.customers import make_customer
from tests.makers.outbox import post_draft
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain, make_store

EDIT = "/templates/thanks/fr/edit"


@pytest.fixture
def marketer(session: Session, client: FlaskClient, hand_clock: HandClock) -> FlaskClient:
    make_chain(session)
    make_store(session)
    actions.publish_builtin_templates(now=TUESDAY)
    return log_in(client, make_agent(session, "Max Royer", role=Role.MARKETER))


@pytest.fixture
def writing(marketer: FlaskClient) -> FlaskClient:
    """With a draft of the thanks mail in both languages."""
    assert marketer.post("/templates/thanks/customise").status_code == 303
    return marketer


def form_of(page: str) -> MultiDict[str, str]:
    """What a browser would send of the editor's form: its fields as they stand, in order."""
    sent: MultiDict[str, str] = MultiDict()
    scope = page[page.index('id="editor"') : page.index('id="test"')]
    for tag in re.findall(
        r"<input\b[^>]*>|<textarea\b[^>]*>.*?</textarea>|<select\b.*?</select>", scope, re.DOTALL
    ):
        name = re.search(r'name="([^"]+)"', tag)
        if not name or name[1] in {"csrf_token", "q"} or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        if tag.startswith("<textarea"):
            value = re.sub(r"^<textarea[^>]*>|</textarea>$", "", tag)
        elif tag.startswith("<select"):
            chosen = re.search(r'<option value="([^"]*)" selected', tag) or re.search(
                r'<option value="([^"]*)"', tag
            )
            value = chosen[1] if chosen else ""
        else:
            found = re.search(r'value="([^"]*)"', tag)
            value = found[1] if found else ""
        sent.add(name[1], unescape(value))
    return sent


def open_form(client: FlaskClient, url: str = EDIT) -> MultiDict[str, str]:
    answer = client.get(url)
    assert answer.status_code == 200
    return form_of(answer.text)


def press(client: FlaskClient, url: str, page: str = "") -> TestResponse:
    """Press the button of a page (else of the template's) that posts to this address, with what its form holds."""
    shown = client.get(page or url.rpartition("/")[0]).text
    form = shown[shown.index(f'action="{url}"') :].partition("</form>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    return client.post(url, data=fields)


def draft_of(key: str = "thanks", language: Language = Language.FRENCH) -> DraftView:
    found = queries.find_draft(queries.get_template(key, "fr").id, language)
    assert found is not None
    return found


def test_the_list_names_every_template_with_its_state_and_plan(marketer: FlaskClient) -> None:
    page = marketer.get("/templates/").text
    for row in queries.list_templates("fr"):
        assert f'href="/templates/{row.key}"' in page
        assert row.name in unescape(page)
    assert page.count("tel que livré") >= 14


def test_the_list_is_grouped_by_what_the_messages_are_about(marketer: FlaskClient) -> None:
    made = marketer.post("/templates/new", data={"name": "Soldes d’hiver", "purpose": "promotion"})
    assert made.status_code == 303
    page = unescape(marketer.get("/templates/").text)
    headings = re.findall(r'<th scope="rowgroup"[^>]*><h2>([^<]+)</h2>', page)
    assert headings[:4] == ["Créés ici", "Bienvenue", "Panier abandonné", "Suivi de commande"]
    assert headings[-1] == "Pour les équipes"
    for group, name in (
        ("own", "Soldes d’hiver"),
        ("basket", "Panier, message 3"),
        ("birthday", "Anniversaire"),
    ):
        assert f'href="#{group}"' in page
        assert name in page.split(f'<tbody id="{group}">')[1].split("</tbody>")[0]
    basket = page.split('<tbody id="basket">')[1].split("</tbody>")[0]
    names = re.findall(r'href="/templates/(basket_\w+)"', basket)
    assert names == [
        "basket_adviser", "basket_phone", "basket_known", "basket_reassure",
        "basket_second", "basket_second_sms", "basket_third",
    ]  # fmt: skip
    assert "Deuxième message, pour tous" in basket
    assert basket.count("aussi en SMS") == 1
    assert "Trois jours après" in unescape(marketer.get("/templates/basket_third").text)


def test_the_page_of_a_template_shows_its_sms_as_it_is_sent(marketer: FlaskClient) -> None:
    page = unescape(marketer.get("/templates/basket_second_sms").text)
    frame = re.search(r'title="Le SMS en service[^"]*" src="([^"]+)"', page)
    assert frame
    assert "sera vidé le" in unescape(marketer.get(frame[1]).text)
    assert "Le SMS en service" not in unescape(marketer.get("/templates/basket_third").text)


def test_a_template_page_shows_what_is_in_use_and_by_whom(marketer: FlaskClient) -> None:
    page = marketer.get("/templates/survey").text
    assert "/templates/survey/fr/versions/1" in page
    assert "/templates/survey/fr/frame" in page
    assert "Personnaliser" in page
    assert marketer.get("/templates/none_such").status_code == 404
    assert marketer.get("/templates/survey/de/frame").status_code == 404


def test_a_draft_is_edited_without_script_and_saved(writing: FlaskClient) -> None:
    sent = open_form(writing)
    sent["subject"] = "Merci pour votre réponse à notre question"
    sent["act"] = "save"
    assert writing.post(EDIT, data=sent).status_code == 303
    assert draft_of().subject == "Merci pour votre réponse à notre question"
    again = open_form(writing)
    assert again.getlist("block") == sent.getlist("block")
    assert again["revision"] == str(int(sent["revision"]) + 1)


def test_buttons_move_remove_and_add_blocks(writing: FlaskClient) -> None:
    kinds = [block.kind for block in draft_of().blocks]
    third = draft_of().blocks[2].id
    for act, wanted in (
        (f"up:{third}", [kinds[0], kinds[2], kinds[1], *kinds[3:]]),
        (f"down:{third}", kinds),
        (f"remove:{third}", [*kinds[:2], *kinds[3:]]),
    ):
        sent = open_form(writing)
        sent["act"] = act
        answer = writing.post(EDIT, data=sent)
        assert answer.status_code == 303
        assert [block.kind for block in draft_of().blocks] == wanted
    sent = open_form(writing)
    sent["act"], sent["add_kind"] = "add", "image"
    answer = writing.post(EDIT, data=sent)
    added = draft_of().blocks[-2]
    assert (added.kind, draft_of().blocks[-1].kind) == (BlockKind.IMAGE, BlockKind.FOOTER)
    assert answer.headers["Location"].endswith(f"#block-{added.id}")


def test_every_kind_of_block_can_be_added_and_shown(writing: FlaskClient) -> None:
    for kind in BlockKind:
        sent = open_form(writing)
        sent["act"], sent["add_kind"] = "add", kind.value
        assert writing.post(EDIT, data=sent).status_code == 303
    assert writing.get(EDIT).status_code == 200
    assert {block.kind for block in draft_of().blocks} == set(BlockKind)


def test_two_writers_do_not_overwrite_each_other(session: Session, writing: FlaskClient) -> None:
    first, second = open_form(writing), open_form(writing)
    first["subject"], second["subject"] = "Merci de la part du premier rédacteur", "Le second a tapé ceci"
    assert writing.post(EDIT, data=first).status_code == 303
    other = log_in(writing, make_agent(session, "Nora Petit", role=Role.MARKETER))
    answer = other.post(EDIT, data=second)
    assert answer.status_code == 409
    assert "Quelqu’un d’autre" in answer.text
    assert "Le second a tapé ceci" in answer.text
    assert draft_of().subject == "Merci de la part du premier rédacteur"
    kept = other.post("/templates/thanks/fr/keep", data=second).text
    assert kept.count('role="alert"') == 1
    assert draft_of().subject == "Merci de la part du premier rédacteur"


def test_a_save_while_typing_that_crosses_a_button_is_no_conflict(
    session: Session, writing: FlaskClient
) -> None:
    typed = open_form(writing)
    typed["subject"] = "Merci, première moitié de la phrase tapée"
    assert writing.post("/templates/thanks/fr/keep", data=typed).status_code == 200
    typed["subject"] = "Merci, la phrase tapée jusqu’à sa fin ici"
    assert writing.post(EDIT, data=typed).status_code == 303
    assert draft_of().subject == "Merci, la phrase tapée jusqu’à sa fin ici"
    other = log_in(writing, make_agent(session, "Nora Petit", role=Role.MARKETER))
    theirs = open_form(other)
    theirs["subject"] = "Merci, écrit par une autre entre les deux"
    assert other.post(EDIT, data=theirs).status_code == 303
    assert other.post(EDIT, data=theirs).status_code == 303
    again = log_in(other, make_agent(session, "Paul Roy", role=Role.MARKETER))
    assert again.post(EDIT, data=typed).status_code == 409


def test_typing_saves_and_answers_with_checks_and_preview(writing: FlaskClient) -> None:
    sent = open_form(writing)
    sent["subject"] = "CADEAU GRATUIT !!!"
    answer = writing.post("/templates/thanks/fr/keep", data=sent)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    for words in ("capitales", "« cadeau »", "« gratuit »", "enchaîne des signes"):
        assert words in unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")
    assert draft_of().subject == "CADEAU GRATUIT !!!"
    assert f'name="revision" value="{draft_of().revision}"' in answer.text


def test_publishing_is_stopped_by_errors_and_says_which(writing: FlaskClient) -> None:
    sent = open_form(writing)
    review = next(block for block in draft_of().blocks if block.kind is BlockKind.REVIEW)
    sent[f"{review.id}-condition"] = "!ticket_number"
    writing.post(EDIT, data=sent)
    answer = press(writing, "/templates/thanks/publish")
    assert answer.status_code == 422
    assert "tous les clients de la même façon" in answer.text.replace("\u00a0", " ")
    assert queries.get_template("thanks", "fr").own_languages == frozenset()


def test_publishing_makes_a_version_that_can_be_taken_back(writing: FlaskClient) -> None:
    sent = open_form(writing)
    sent["subject"] = "Merci, votre réponse est bien arrivée"
    writing.post(EDIT, data=sent)
    assert press(writing, "/templates/thanks/publish").status_code == 303
    row = queries.get_template("thanks", "fr")
    assert row.own_languages == set(Language)
    assert not row.draft_languages
    assert "votre réponse est bien" in str(queries.get_published("thanks", "fr").subject)
    changes = writing.get("/templates/thanks/fr/versions/1").text
    assert "<del>" in changes
    assert "<ins>" in changes
    assert writing.post("/templates/thanks/delivered").status_code == 303
    assert queries.get_template("thanks", "fr").own_languages == frozenset()
    assert writing.post("/templates/thanks/fr/restore", data={"number": "2"}).status_code == 303
    assert draft_of().subject == "Merci, votre réponse est bien arrivée"


def test_a_new_template_begins_in_both_languages_and_is_published_when_complete(
    marketer: FlaskClient,
) -> None:
    answer = marketer.post("/templates/new", data={"name": "Portes ouvertes", "purpose": "promotion"})
    assert answer.headers["Location"] == "/templates/own_portes_ouvertes/fr/edit"
    again = marketer.post("/templates/new", data={"name": "Portes ouvertes", "purpose": "promotion"})
    assert again.status_code == 422
    assert press(marketer, "/templates/own_portes_ouvertes/publish").status_code == 422
    for language, subject in (
        ("fr", "Portes ouvertes samedi dans votre magasin"),
        ("en", "Open doors on Saturday in your own store"),
    ):
        url = f"/templates/own_portes_ouvertes/{language}/edit"
        sent = open_form(marketer, url)
        sent["subject"] = subject
        shop = next(
            b
            for b in draft_of("own_portes_ouvertes", Language(language)).blocks
            if b.kind is BlockKind.BUTTON
        )
        assert sent[f"{shop.id}-link"] == "shop_url"
        marketer.post(url, data=sent)
    assert press(marketer, "/templates/own_portes_ouvertes/publish").status_code == 303
    published = queries.get_published("own_portes_ouvertes", "en")
    assert published.purpose == Purpose.PROMOTION
    assert {"unsubscribe_url", "preferences_url"} <= {spec.name for spec in published.specs}


def test_throwing_the_draft_away(writing: FlaskClient) -> None:
    assert press(writing, "/templates/thanks/discard").headers["Location"] == "/templates/thanks"
    assert not queries.get_template("thanks", "fr").draft_languages
    writing.post("/templates/new", data={"name": "Essai", "purpose": "service"})
    assert press(writing, "/templates/own_essai/discard").headers["Location"] == "/templates/"
    assert writing.get("/templates/own_essai").status_code == 404


@pytest.mark.parametrize("page", ["/templates/thanks", EDIT])
def test_a_button_pressed_over_another_persons_work_says_so_and_changes_nothing(
    session: Session, writing: FlaskClient, page: str
) -> None:
    shown = writing.get(page).text
    held = re.search(r'name="seen" value="([^"]+)"', shown)
    assert held
    old = writing.get("/templates/thanks/fr/versions/1").text
    assert "remplace" in old
    other = log_in(writing, make_agent(session, "Nora Petit", role=Role.MARKETER))
    typed = open_form(other)
    typed["subject"] = "Merci, écrit par une autre entre les deux"
    assert other.post(EDIT, data=typed).status_code == 303
    back = log_in(other, make_agent(session, "Paul Roy", role=Role.MARKETER))
    for act in ("publish", "discard", "fr/restore"):
        sent = {"seen": held[1], "number": "1"}
        answer = back.post(f"/templates/thanks/{act}", data=sent, follow_redirects=True)
        assert "Relisez le brouillon tel qu’il est" in answer.text, act
        assert draft_of().subject == "Merci, écrit par une autre entre les deux"
    assert not queries.get_template("thanks", "fr").own_languages
    assert "Nora Petit" in back.get("/templates/thanks/fr/versions/1").text
    restore = "/templates/thanks/fr/restore"
    assert press(back, restore, "/templates/thanks/fr/versions/1").headers["Location"] == EDIT
    assert draft_of().subject != "Merci, écrit par une autre entre les deux"


def test_publishing_crosses_with_ones_own_save_while_typing(writing: FlaskClient) -> None:
    held = re.search(r'name="seen" value="([^"]+)"', writing.get(EDIT).text)
    assert held
    typed = open_form(writing)
    for subject in ("Merci, votre réponse", "Merci, votre réponse est bien arrivée"):
        typed["subject"] = subject
        assert writing.post("/templates/thanks/fr/keep", data=typed).status_code == 200
    assert writing.post("/templates/thanks/publish", data={"seen": held[1]}).status_code == 303
    assert "est bien arriv" in str(queries.get_published("thanks", "fr").subject)


def test_a_stale_form_publishes_nothing_unseen(session: Session, writing: FlaskClient) -> None:
    form = open_form(writing)
    other = log_in(writing, make_agent(session, "Nora Petit", role=Role.MARKETER))
    theirs = open_form(other)
    theirs["subject"] = "Merci, écrit par une autre entre les deux"
    other.post(EDIT, data=theirs)
    again = log_in(other, make_agent(session, "Paul Roy", role=Role.MARKETER))
    refused = again.post(EDIT, data=form)
    assert refused.status_code == 409
    held = re.search(r'name="seen" value="([^"]+)"', refused.text)
    assert held
    again.post("/templates/thanks/publish", data={"seen": held[1]})
    assert not queries.get_template("thanks", "fr").own_languages


FORMS = ("mobile", "pc", "dark", "text", "no_images", "sms")


@pytest.mark.parametrize("form", FORMS)
def test_the_frame_shows_each_form_without_script(writing: FlaskClient, form: str) -> None:
    answer = writing.get(f"/templates/thanks/fr/frame?view={form}")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox;")
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy
    assert "Maison Verel" in answer.text
    assert writing.get(f"{EDIT}?view={form}").status_code == 200


def test_links_that_are_read_as_text_are_shown_in_full(writing: FlaskClient) -> None:
    sms = writing.get("/templates/survey/fr/frame?view=sms").text
    assert "https://" in sms
    assert ": #" not in sms
    assert 'href="#"' in writing.get("/templates/survey/fr/frame?view=pc").text


def test_the_frame_of_a_sample_without_name_still_greets(writing: FlaskClient) -> None:
    assert "Bonjour," in writing.get("/templates/thanks/fr/frame?view=text&sample=no_name").text
    assert (
        "Bonjour Madame Lefèvre,"
        in writing.get("/templates/thanks/fr/frame?view=text&sample=no_first_name").text
    )


def test_a_preview_for_a_real_customer_asks_for_the_right_to_read_customers(
    session: Session, writing: FlaskClient
) -> None:
    person = make_customer(session, "Odile", "Marchand", title=Title.MADAM)
    found = writing.get(f"{EDIT}?q=Marchand").text
    assert f"customer={person.id}" in found
    frame = f"/templates/thanks/fr/frame?view=text&customer={person.id}"
    assert "Bonjour Madame Marchand," in writing.get(frame).text


def test_readers_see_and_do_not_change(session: Session, marketer: FlaskClient) -> None:
    reader = log_in(marketer, make_agent(session, "Rita Simon", role=Role.MANAGER))
    assert reader.get("/templates/survey").status_code == 200
    assert "Personnaliser" not in reader.get("/templates/survey").text
    for url in ("/templates/survey/customise", "/templates/survey/publish", "/templates/survey/fr/test"):
        assert reader.post(url).status_code == 403
    assert reader.get("/templates/survey/fr/edit").status_code == 403


def test_a_test_leaves_by_the_outbox_marked_and_harmless(session: Session, writing: FlaskClient) -> None:
    answer = writing.post(
        "/templates/thanks/fr/test", data={"addresses": "max@verel.example, ada@verel.example"}
    )
    assert answer.status_code == 303
    rows = session.scalars(
        select(OutboundMessage).where(OutboundMessage.source_kind == "template_test")
    ).all()
    assert {row.recipient for row in rows} == {"max@verel.example", "ada@verel.example"}
    assert {row.purpose for row in rows} == {Purpose.STAFF}
    mail = get_content(rows[0].id)
    assert mail.subject.startswith("[Test] ")
    assert "/unsubscribe/" not in mail.html + mail.text
    assert not queries.get_template("thanks", "fr").own_languages
    assert "test.thanks" not in writing.get("/templates/").text


@pytest.mark.parametrize("addresses", ["", "nobody", "a@b.fr c@d.fr e@f.fr g@h.fr i@j.fr k@l.fr"])
def test_a_test_to_wrong_addresses_is_refused(session: Session, writing: FlaskClient, addresses: str) -> None:
    writing.post("/templates/thanks/fr/test", data={"addresses": addresses})
    count = select(func.count()).where(OutboundMessage.source_kind == "template_test")
    assert session.scalar(count) == 0


def test_the_sms_counter_and_its_one_press_replacement(writing: FlaskClient) -> None:
    sent = open_form(writing)
    sent["sms_text"] = "[[chain_name]] : la fête de la forêt"
    page = writing.post("/templates/thanks/fr/keep", data=sent).text
    assert "UCS-2" in page
    assert "ê" in page
    sent = open_form(writing)
    sent["act"] = "plain_sms"
    writing.post(EDIT, data=sent)
    assert draft_of().sms_text == "[[chain_name]] : la fete de la foret"
    assert "GSM-7" in writing.get(EDIT).text


def test_what_a_customer_got_stays_as_it_was_after_the_template_is_rewritten(
    session: Session, writing: FlaskClient
) -> None:
    person = make_customer(session, "Dora", "Lefèvre", title=Title.MADAM)
    given: dict[str, Any] = {"template_key": "thanks", "customer_id": person.id, "values": {}}
    earlier = post_draft(session, "earlier", **given)
    before = get_content(earlier.id)
    form = open_form(writing)
    form["subject"] = "Merci, un tout autre objet pour la suite"
    form.setlist("block", form.getlist("block")[-1:])
    writing.post(EDIT, data=form)
    assert press(writing, "/templates/thanks/publish").status_code == 303
    assert get_content(earlier.id) == before
    later = post_draft(session, "later", **given)
    assert get_content(later.id).subject == "Merci, un tout autre objet pour la suite"
