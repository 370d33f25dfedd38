"""The pages of imports: from the upload to the customers, the report mended, what was not taken, the undo."""

from io import BytesIO

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.blueprints.imports.kinds import KINDS
from hub.customers.hygiene.findings import FindingKind
from hub.customers.imports.models import CustomerImport, ImportRow
from hub.customers.imports.words import ImportKind
from hub.customers.models import ConsentEntry, Customer
from hub.staff.words import Role
from tests.customers.imports.acting import outcomes, work
from tests.makers.customers import make_customer
from tests.makers.inbox import make_house
from tests.makers.staff import log_in, make_agent

pytestmark = pytest.mark.usefixtures("hand_clock")
HOME = "/customers/imports/"
FILE = """Prénom;Nom;E-mail;Portable;Code postal;Optin
Anne;Morel;anne@client.example;06 39 98 12 01;69003;oui
Bob;Petit;bob@gmial.com;;13001;oui
Eva;Sans;;;;
=Zoe;Zut;;;;
"""
CHOICES = {"clash": "fill", "duplicates": "fill", "purpose": "promotion", "id_source": "file"}
COLUMNS = {
    f"column-{place}": field
    for place, field in enumerate(("first_name", "last_name", "mail", "mobile", "postcode", "consent_email"))
}


@pytest.fixture
def office(client: FlaskClient, session: Session) -> FlaskClient:
    make_house(session)
    log_in(client, make_agent(session, "Cleo Roux", role=Role.HEAD_OFFICE))
    return client


def upload(office: FlaskClient, content: str = FILE) -> str:
    answer = office.post(HOME, data={"file": (BytesIO(content.encode("cp1252")), "salon.csv")})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    work()
    return str(answer.headers["Location"])


def read(office: FlaskClient, page: str) -> str:
    answer = office.get(page, follow_redirects=True)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def post(office: FlaskClient, page: str, **given: str) -> None:
    answer = office.post(page, data=given)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    work()


def test_from_the_file_to_the_customers_and_back(office: FlaskClient, session: Session) -> None:
    page = upload(office)
    text = read(office, page)
    assert "Prénom" in text
    assert "anne@client.example · bob@gmial.com" in text
    assert office.post(f"{page}/columns", data=CHOICES).status_code == 422
    post(office, f"{page}/columns", **CHOICES, **COLUMNS)
    text = read(office, page)
    assert "4 lignes lues" in text
    assert "Consentement sans preuve" in text
    assert session.scalar(select(func.count()).select_from(Customer)) == 0
    post(office, f"{page}/findings/mail_domain_typo", act="take")
    assert "bob@gmail.com" in read(office, f"{page}/rows/3")
    assert ": yes" not in read(office, f"{page}/rows/2")
    post(office, f"{page}/rows/4", mail="eva@client.example")
    import_id = int(page.rpartition("/")[2])
    assert outcomes(session, import_id) == ["new", "new", "new", "refused no_address"]
    post(office, f"{page}/rows/4/decide", choice="skip")
    post(office, f"{page}/rows/4/decide", choice="")
    post(office, f"{page}/apply")
    assert "anne@client.example" in read(office, "/customers/?q=Morel")
    assert session.scalar(select(func.count()).select_from(ConsentEntry)) == 0
    csv = office.get(f"{page}/not-taken.csv")
    assert "not-taken.csv" in csv.headers["Content-Disposition"]
    lines = csv.get_data(as_text=True).splitlines()
    assert "'=Zoe" in lines[-1]
    assert lines[-1].startswith("5;")
    assert "Annuler" in read(office, f"{page}/undo")
    post(office, f"{page}/undo")
    assert "3" in read(office, f"{page}/undo")
    assert session.scalar(select(func.count()).select_from(Customer)) == 0
    assert office.post(f"{page}/undo", follow_redirects=True).status_code == 200


def test_the_page_asks_how_far_it_is_until_the_work_has_ended(office: FlaskClient, session: Session) -> None:
    answer = office.post(HOME, data={"file": (BytesIO(FILE.encode()), "salon.csv")})
    page = answer.headers["Location"]
    assert 'data-hx-trigger="every 2s"' in read(office, page)
    fragment = office.get(page, headers={"HX-Request": "true"})
    assert fragment.get_data(as_text=True).startswith('<div id="progress"')
    assert "HX-Refresh" not in fragment.headers
    work()
    assert office.get(page, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"


def test_the_same_file_twice_is_said_and_what_is_no_table_too(office: FlaskClient, session: Session) -> None:
    page = upload(office)
    upload(office)
    assert "déjà été déposé" in read(office, HOME)
    assert office.post(HOME, data={"file": (BytesIO(b""), "leer.csv")}).status_code == 422
    assert office.post(HOME, data={}).status_code == 422
    broken = office.post(HOME, data={"file": (BytesIO(b"PK\x03\x04 none"), "x.xlsx")}).headers["Location"]
    work()
    assert session.scalars(select(CustomerImport.error).order_by(CustomerImport.id.desc()).limit(1)).one()
    assert "classeur" in read(office, broken).lower() or "fichier" in read(office, broken).lower()
    post(office, f"{page}/stop")
    assert "arrêté" in read(office, page)


def test_the_first_page_offers_a_sample_that_works(office: FlaskClient, session: Session) -> None:
    assert "sample.csv" in read(office, HOME)
    sample = office.get(f"{HOME}sample.csv").get_data()
    answer = office.post(HOME, data={"file": (BytesIO(sample), "exemple.csv")})
    work()
    found = session.scalars(select(CustomerImport)).one()
    assert len(found.mapping) == len(found.headings) == 13
    columns = {f"column-{place}": field for place, field in found.mapping.items()}
    post(office, f"{answer.headers['Location']}/columns", **CHOICES, **columns)
    assert set(session.scalars(select(ImportRow.outcome))) == {"new"}


def test_only_who_edits_customers_imports_them(client: FlaskClient, session: Session) -> None:
    make_house(session)
    make_customer(session)
    log_in(client, make_agent(session, "Nora Petit", role=Role.MANAGER))
    assert client.get(HOME).status_code == 403
    assert client.post(HOME, data={"file": (BytesIO(b"x"), "x.csv")}).status_code == 403


def test_whatever_can_be_found_has_words() -> None:
    assert set(KINDS) == {*FindingKind, *ImportKind}


def test_a_day_of_consent_that_is_not_yet_is_refused_at_its_field(office: FlaskClient) -> None:
    address = upload(office)
    given = {**CHOICES, **COLUMNS, "source": "Salon", "said_on": "2027-01-01", "wording": "Offres"}
    answer = office.post(f"{address}/columns", data=given)
    assert answer.status_code == 422
    assert "Ce jour n’est pas encore venu" in answer.get_data(as_text=True)


def test_an_import_leads_to_its_customers_and_to_a_segment_of_them(
    office: FlaskClient, session: Session
) -> None:
    page = upload(office)
    post(office, f"{page}/columns", **CHOICES, **COLUMNS)
    assert "Ces clients" not in read(office, page)
    post(office, f"{page}/apply")
    assert f'href="{page}/customers"' in read(office, page)
    listed = read(office, f"{page}/customers")
    anne = session.scalars(select(Customer).where(Customer.first_name == "Anne")).one()
    assert f'href="/customers/{anne.id}"' in listed
    assert "06 39 98 12 01" in listed
    assert "En faire un segment" not in listed, "head office makes no segments"
    log_in(office, make_agent(session, "Ali Roux", role=Role.ADMINISTRATOR))
    import_id = page.rpartition("/")[2]
    segment = f"/segments/new?import={import_id}"
    assert f'href="{segment}"' in read(office, f"{page}/customers")
    built = read(office, segment)
    assert '<strong class="num">2</strong>' in built
    assert "Créé ou modifié par l’import" in built
    assert "salon.csv (3 mars 2026)" in built
    post(office, f"{page}/undo")
    assert "Personne ici" in read(office, f"{page}/customers")


def test_a_report_speaks_as_its_reader_does(office: FlaskClient) -> None:
    """Days and phones in the reader's form, and which row a repeated one repeats."""
    text = (
        "Prénom;Nom;E-mail;Portable;Naissance\n"
        + "Anne;Morel;anne@client.example;06 39 98 12 01;3.4.85\n" * 2
    )
    page = upload(office, text)
    columns = {
        f"column-{place}": name for place, name in enumerate(("first_name", "last_name", "mail", "mobile"))
    }
    post(office, f"{page}/columns", **CHOICES, **columns, **{"column-4": "birth_on"})
    assert "même client que la ligne 2" in read(office, page)
    row = read(office, f"{page}/rows/2")
    assert "3 avr. 1985" in row
    assert "1985-04-03" not in row
    assert "+336" not in row
