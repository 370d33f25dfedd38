"""Contact files of the demo: one that was written last week's end, one whose report waits for a decision."""

from datetime import datetime, timedelta
from io import BytesIO

from hub.core.actor import Actor
from hub.core.db import db
from hub.core.words import ActorKind
from hub.customers.imports import actions, phases
from hub.customers.imports.choosing import Choices
from hub.customers.imports.models import CustomerImport
from hub.customers.imports.words import ImportState

AGENT = Actor(ActorKind.AGENT, agent_id=1)
HEADINGS = "Civilité;Prénom;Nom;E-mail;Portable;Rue;Code postal;Ville;Newsletter;Date consentement;Source consentement"
FAIR = (
    "Mme;Élodie;Barthès;elodie.barthes@exemple.test;06 39 98 31 01;4 rue de l’Arbre;69007;Lyon;oui;{day};Salon Maison",
    "M.;Marius;Costa;marius.costa@exemple.test;06 39 98 31 02;11 quai Victor;13002;Marseille;non;;",
    "Mme;Jeanne;Le Goff;jeanne.legoff@exemple.test;;2 venelle du Port;29200;Brest;oui;{day};Salon Maison",
    "M.;Yanis;Benali;yanis.benali@exemple.test;06 39 98 31 04;;59800;Lille;;;",
)
STORE = (
    "Mme;camille;ROUSSET;camille.rousset@gmial.com;06 39 98 32 01;9 rue Haute;33000;Bordeaux;oui;{day};Caisse",
    "M.;Denis;Fabre;denis.fabre.exemple.test;06 39 98 32 02;;31000;Toulouse;oui;{day};Caisse",
    "Mme;Sofia;Mendes;sofia.mendes@exemple.test;0639983;;75011;Paris;oui;;",
    "M.;Paul;Hérault;;;;44000;Nantes;;;",
    "Mme;Élodie;Barthès;elodie.barthes@exemple.test;;6 rue du Pont;69007;Lyon;;;",
    "Mme;Lina;Arnaud;lina.arnaud@exemple.test;06 39 98 32 06;;67000;Strasbourg;;;",
    "Mme;Lina;Arnaud;lina.arnaud@exemple.test;06 39 98 32 06;3 quai Finkwiller;67000;Strasbourg;;;",
)


def make_imports(*, now: datetime) -> None:
    """In the caller's transaction: what a worker would do in several is done here at once."""
    day = (now - timedelta(days=9)).strftime("%d/%m/%Y")
    written = _check("salon-maison.csv", FAIR, day, now=now - timedelta(days=2))
    actions.apply_import(written, by=AGENT, now=now - timedelta(days=2))
    _work(written, now=now - timedelta(days=2))
    _check("caisse-bordeaux.csv", STORE, day, now=now)


def _check(name: str, lines: tuple[str, ...], day: str, *, now: datetime) -> int:
    content = "\n".join([HEADINGS, *(line.format(day=day) for line in lines)]).encode("cp1252")
    import_id = actions.begin_import(BytesIO(content), file_name=name, by=AGENT, now=now)
    _work(import_id, now=now)
    row = db.session.get_one(CustomerImport, import_id)
    columns = {int(place): str(field) for place, field in row.mapping.items()}
    choices = Choices(wording="Je souhaite recevoir les offres du magasin.")
    actions.choose_columns(import_id, columns, choices, by=AGENT, now=now)
    _work(import_id, now=now)
    return import_id


def _work(import_id: int, *, now: datetime) -> None:
    row = db.session.get_one(CustomerImport, import_id)
    while row.state in phases.PHASES and row.state is not ImportState.FAILED:
        phase = phases.PHASES[row.state]
        phase.do(row, phase.take(row, phase.size, now), now)
        db.session.flush()
