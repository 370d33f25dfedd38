"""Errors are pages or JSON in the reader's language, also when the database is away."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from config import Config, load
from hub.app import create_app
from tests.makers.staff import log_in, make_agent
from tests.makers.stores import make_chain


def test_a_database_that_is_away_asks_to_come_back(settings: Config, app: Flask) -> None:
    away = load({"DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/none", "SECRET_KEY": "x"})
    try:
        client = create_app(away).test_client()
        page = client.get("/contact", headers={"Accept-Language": "fr"})
        api = client.get("/api/v1/tickets", headers={"Authorization": "Bearer cpt_x"})
    finally:
        create_app(settings)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "quelques secondes" in page.text
    assert (api.status_code, api.headers["Retry-After"]) == (503, "5")
    assert api.json is not None
    assert api.json["error"]["code"] == "unavailable"


def test_an_unknown_page_says_so_in_both_languages(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    session.commit()
    assert "n’existe pas" in client.get("/none-such", headers={"Accept-Language": "fr"}).text
    assert "does not exist" in client.get("/none-such", headers={"Accept-Language": "en"}).text


def test_whoever_is_signed_in_keeps_the_menu_on_a_page_that_is_not_there(
    client: FlaskClient, session: Session
) -> None:
    make_chain(session)
    agent = make_agent(session)
    session.commit()
    assert "rail-list" not in client.get("/none-such").text
    log_in(client, agent)
    for path, status in (("/none-such", 404), ("/settings/", 403), ("/inbox/T-1", 404)):
        page = client.get(path)
        assert (page.status_code, "rail-list" in page.text) == (status, True)


def test_the_language_of_a_person_lasts(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    agent = make_agent(session)
    session.commit()
    log_in(client, agent)
    assert '<html lang="en"' in client.get("/inbox/?lang=en").text
    assert '<html lang="en"' in client.get("/inbox/").text


def test_customer_pages_set_no_cookie(client: FlaskClient, session: Session) -> None:
    make_chain(session)
    session.commit()
    assert "Set-Cookie" not in client.get("/contact?lang=en").headers
