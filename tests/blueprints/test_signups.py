"""Sign-up forms by HTTP: building, hosted and embedded pages, confirmation, entries and their file."""

import html
import re
import secrets
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.content.actions import publish_builtin_templates
from hub.core.actor import SYSTEM
from hub.core.errors import Invalid
from hub.customers.models import ConsentEntry, OptinRequest
from hub.customers.optin import optin_token
from hub.signups.models import SignupEntry, SignupForm, SignupFormVersion
from hub.signups.sites import change_sites, read_sites
from hub.signups.words import EntryState
from hub.staff.words import Role
from hub.stores.models import Store
from hub.stores.queries import get_chain
from tests.conftest import TUESDAY, HandClock
from tests.makers.inbox import make_house
from tests.makers.signups import GIVEN, OFFERS, a_nonce, make_form, send
from tests.makers.staff import log_in, make_agent

MOST_BYTES = 20_000
BUILT = {
    "name": "Club de mars",
    "slug": "Club de Mars",
    "kind": "signup",
    "title_fr": "Le club",
    "title_en": "The club",
    "field_email": "required",
    "field_phone": "off",
    "field_first_name": "optional",
    "field_last_name": "off",
    "field_postcode": "optional",
    "field_birth_on": "off",
    "field_store": "off",
    "questions-0-fr": "Votre pièce préférée ?",
    "questions-0-en": "Your favourite room?",
    "consents-0-subject": "email:promotion",
    "consents-0-fr": "J’accepte les offres.",
    "consents-0-en": "I accept the offers.",
    **{f"consents-{number}-subject": "email:promotion" for number in (1, 2, 3)},
    "is_double_optin": "y",
    "opens_at": "2026-03-01T09:00",
}


@pytest.fixture
def lyon(session: Session, client: FlaskClient) -> Store:
    client.environ_base["REMOTE_ADDR"] = f"10.2.{secrets.randbelow(250)}.{secrets.randbelow(250)}"
    publish_builtin_templates(now=TUESDAY)
    return make_house(session)


def marketer(session: Session, client: FlaskClient) -> FlaskClient:
    return log_in(client, make_agent(session, "Max", role=Role.MARKETER))


def entry_of(session: Session) -> SignupEntry:
    session.expire_all()
    return session.scalars(select(SignupEntry).order_by(SignupEntry.id.desc())).first() or pytest.fail("none")


def test_a_marketer_builds_a_form_and_switches_it_on(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    staff = marketer(session, client)
    assert staff.post("/signups/new", data={**BUILT, "title_en": ""}).status_code == 422
    assert staff.post("/signups/new", data=BUILT).status_code == 302
    form = session.scalars(select(SignupForm)).one()
    assert (form.slug, form.is_active) == ("club-de-mars", False)
    assert form.opens_at is not None
    assert form.opens_at.isoformat() == "2026-03-01T08:00:00+00:00"
    assert client.get("/f/club-de-mars").status_code == 410
    assert "Aperçu" in staff.get(f"/signups/{form.id}/preview").text
    staff.post(f"/signups/{form.id}/switch", data={"is_active": "1"})
    page = staff.get(f"/signups/{form.id}").text
    assert "&lt;iframe src=&#34;http://localhost/f/club-de-mars/embed&#34;" in page
    public = client.get("/f/club-de-mars").text
    assert "Votre pièce préférée" in public
    changed = {**BUILT, "consents-0-fr": "J’accepte toutes les offres."}
    staff.post(f"/signups/{form.id}/edit", data=changed)
    assert [row.number for row in session.scalars(select(SignupFormVersion))] == [1, 2]
    assert "toutes les offres" in client.get("/f/club-de-mars").text


def test_a_wrong_box_is_pointed_out_beside_it(session: Session, client: FlaskClient, lyon: Store) -> None:
    staff = marketer(session, client)
    page = staff.post("/signups/new", data={**BUILT, "consents-0-en": ""})
    assert page.status_code == 422
    assert 'id="consents-0-fr-error"' in page.text


def test_a_reader_changes_nothing(session: Session, client: FlaskClient, lyon: Store) -> None:
    make_form()
    reader = log_in(client, make_agent(session, "Mona", role=Role.MANAGER))
    assert reader.get("/signups/").status_code == 200
    assert reader.get("/signups/choices").status_code == 200
    assert reader.get("/signups/new").status_code == 403
    assert reader.post("/signups/choices/themes").status_code == 403


@pytest.mark.parametrize("ending", ["", "/embed"])
def test_a_customer_signs_up_without_script_and_confirms(
    session: Session, client: FlaskClient, lyon: Store, ending: str
) -> None:
    form = make_form()
    assert client.head(f"/f/club{ending}").status_code == 200
    assert session.scalars(select(SignupEntry)).all() == []
    page = client.get(f"/f/club{ending}")
    assert len(page.data) < MOST_BYTES
    assert "<script" not in page.text
    assert "Set-Cookie" not in page.headers
    answer = client.post(f"/f/club{ending}", data={**GIVEN, "nonce": a_nonce(form)})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"/f/club{ending}/thanks?")
    thanks = client.get(answer.headers["Location"])
    assert "Ouvrez l’e-mail" in thanks.text
    again = html.unescape(re.findall(r'name="again" value="([^"]+)"', thanks.text)[0])
    assert "de nouveau en route" in client.post("/f/club/again", data={"again": again}).text
    token = optin_token(session.scalars(select(OptinRequest)).one().id)
    for looked in (client.get(f"/confirm/{token}"), client.head(f"/confirm/{token}")):
        assert looked.status_code == 200
    assert entry_of(session).state is EntryState.WAITING
    assert session.scalars(select(ConsentEntry)).all() == []
    assert OFFERS.fr in client.get(f"/confirm/{token}").text
    assert "C’est confirmé" in client.post(f"/confirm/{token}").text
    assert entry_of(session).state is EntryState.CONFIRMED
    assert session.scalars(select(ConsentEntry)).one().ip == client.environ_base["REMOTE_ADDR"]
    assert client.get(f"/confirm/{token[:-2]}").status_code == 404


def test_an_expired_link_says_what_to_do(
    session: Session, client: FlaskClient, lyon: Store, hand_clock: HandClock
) -> None:
    send(make_form())
    token = optin_token(session.scalars(select(OptinRequest)).one().id)
    hand_clock.move(days=31)
    page = client.post(f"/confirm/{token}")
    assert page.status_code == 410
    assert "Inscrivez-vous de nouveau" in page.text


def test_what_must_be_corrected_is_said_and_what_was_typed_stays(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    form = make_form()
    nonce = a_nonce(form)
    page = client.post("/f/club", data={**GIVEN, "email": "eva@", "nonce": nonce})
    assert page.status_code == 422
    assert 'aria-invalid="true"' in page.text
    assert 'value="eva@"' in page.text
    assert nonce in page.text
    assert " checked" in page.text
    assert entry_of(session).state is EntryState.REFUSED


def test_only_the_chains_own_sites_show_the_form_in_a_frame(
    session: Session, client: FlaskClient, lyon: Store
) -> None:
    make_form()
    change_sites(["https://www.shop.example/page", " "], by=SYSTEM, now=TUESDAY)
    policy = client.get("/f/club/embed").headers["Content-Security-Policy"]
    own = get_chain().website_url or ""
    assert "frame-ancestors 'self'" in policy
    assert policy.split("frame-ancestors ")[1].split(";")[0].split()[-1] == "https://www.shop.example"
    assert not own or own.rstrip("/") in policy
    assert "frame-ancestors 'self';" in client.get("/f/club").headers["Content-Security-Policy"]


@pytest.mark.parametrize("given", ["shop", "javascript:alert(1)", "https://a.fr; script-src *", "ftp://a.fr"])
def test_a_site_is_an_origin_and_nothing_else(session: Session, lyon: Store, given: str) -> None:
    try:
        change_sites([given], by=SYSTEM, now=TUESDAY)
    except Invalid:
        return
    assert all(re.fullmatch(r"https://[a-z.]+", site) for site in read_sites(get_chain().settings, ""))


def test_a_shared_link_shows_its_title(session: Session, client: FlaskClient, lyon: Store) -> None:
    make_form(image_url="https://verel.example/club.jpg")
    page = client.get("/f/club?lang=en").text
    told = dict(re.findall(r'<meta property="(og:[a-z_]+)" content="([^"]*)">', page))
    assert told["og:title"] == "The Verel club"
    assert told["og:url"] == "http://localhost/f/club"
    assert told["og:image"] == "https://verel.example/club.jpg"
    assert told["og:locale"] == "en_GB"


def test_sending_is_limited(session: Session, client: FlaskClient, lyon: Store, limits: None) -> None:
    make_form()
    codes = [client.post("/f/club", data={"email": ""}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_an_error_of_an_embedded_form_shows_in_the_frame(
    session: Session, client: FlaskClient, lyon: Store, limits: None
) -> None:
    make_form()
    change_sites(["https://www.shop.example"], by=SYSTEM, now=TUESDAY)
    answers = [client.get("/f/none-such/embed"), client.get("/f/none-such/embed/thanks")]
    answers += [client.post("/f/club/embed", data={"email": ""}) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [404, 404, *[422] * 10, 429]
    for answer in answers:
        assert "https://www.shop.example" in answer.headers["Content-Security-Policy"]
    assert "revenez à la page" in answers[0].text
    assert "shop.example" not in client.get("/f/none-such").headers["Content-Security-Policy"]


def test_the_page_says_when_no_more_mail_goes(session: Session, client: FlaskClient, lyon: Store) -> None:
    form = make_form()
    answers = [client.post("/f/club", data={**GIVEN, "nonce": a_nonce(form)}) for _ in range(5)]
    said = [client.get(answer.headers["Location"]).text for answer in answers]
    assert ["Ouvrez l’e-mail" in text for text in said] == [True] * 4 + [False]
    assert "inscrivez-vous de nouveau dans 30 jours" in said[4]


def test_only_who_edits_takes_the_file(session: Session, client: FlaskClient, lyon: Store) -> None:
    form = make_form()
    reader = log_in(client, make_agent(session, "Rita", role=Role.MANAGER))
    page = reader.get(f"/signups/{form.id}/entries")
    assert (page.status_code, "entries.csv" in page.text) == (200, False)
    assert reader.get(f"/signups/{form.id}/entries.csv").status_code == 403


def test_a_form_that_opens_later_says_when(session: Session, client: FlaskClient, lyon: Store) -> None:
    make_form(opens_at=TUESDAY + timedelta(days=2))
    assert "5 mars 2026" in client.get("/f/club").text
    assert client.get("/f/none-such").status_code == 404


def test_the_list_and_the_file_hold_every_entry(session: Session, client: FlaskClient, lyon: Store) -> None:
    form = make_form(is_double_optin=False)
    send(form, q0="=HYPERLINK(1)")
    send(form, email="wrong")
    staff = marketer(session, client)
    page = staff.get(f"/signups/{form.id}/entries").text
    assert "Eva" in page
    assert "n’est pas une adresse" in page
    assert "Eva" not in staff.get(f"/signups/{form.id}/entries?state=refused").text
    file = staff.get(f"/signups/{form.id}/entries.csv").get_data(as_text=True)
    lines = file.lstrip("\ufeff").splitlines()
    assert len(lines) == 3
    assert "'=HYPERLINK(1)" in lines[1]
    assert lines[1].split(";")[1] == "accepted"
    assert lines[2].split(";")[1] == "refused"
    assert staff.get(f"/signups/{form.id}/entries?state=nonsense").status_code == 422


def test_themes_are_edited_by_their_key(session: Session, client: FlaskClient, lyon: Store) -> None:
    staff = marketer(session, client)
    sent = {"key": ["", ""], "fr": ["Cuisine", ""], "en": ["Kitchen", ""]}
    staff.post("/signups/choices/themes", data=sent)
    staff.post("/signups/choices/themes", data={"key": ["cuisine"], "fr": ["La cuisine"], "en": ["Kitchens"]})
    assert get_chain().settings["themes"] == {
        "list": [{"key": "cuisine", "fr": "La cuisine", "en": "Kitchens"}]
    }
    staff.post("/signups/choices/themes", data={"key": [""], "fr": ["Jardin"], "en": [""]})
    assert "donnez à chaque thème" in staff.get("/signups/choices").text.lower()
    staff.post("/signups/choices/sites", data={"sites": "https://b.example\nnonsense"})
    assert "embed" not in get_chain().settings
