"""Pages of statistics ask a dozen statements, whatever a store manager narrows them to."""

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.staff.words import Role
from tests.blueprints.test_statistics import MOST_STATEMENTS, QUERY, chain, make_reader, read
from tests.conftest import HandClock
from tests.makers.counting import counted_statements
from tests.makers.staff import log_in
from tests.makers.stores import make_region
from tests.makers.worked_chain import WorkedChain

__all__ = ["chain"]
PAGES = ("", "response-times", "reasons", "gaps", "routing", "satisfaction", "gestures", "stores")
BEHIND = (
    "waits", "within_target&part=1", "first_resolution", "last_resolution", "reopened&part=1", "tickets",
    "without_article&part=1", "dropped", "routed",
)  # fmt: skip
OF_NOBODY = frozenset({"dropped"})


def test_every_filter_at_once_stays_within_a_dozen(
    session: Session, client: FlaskClient, chain: WorkedChain, hand_clock: HandClock
) -> None:
    """Nothing is left over in the session from the page before, as nothing is on a real one."""
    places = {"LYO": make_region(session, "Sud"), "LIL": make_region(session, "Nord")}
    for code, region in places.items():
        chain.stores[code].region_id = region.id
    session.flush()
    ids = [store.id for store in chain.stores.values()]
    ada, delivery, south = chain.people["LYO"].agent_id, chain.reasons["delivery"], places["LYO"].id
    log_in(client, make_reader(session, Role.STORE_MANAGER, *ids))
    of_person = f"{QUERY}&agent={ada}"
    narrowed = f"{of_person}&compare=year&store=LYO&region={south}&reason={delivery}&channel=email"
    paths = [f"{page}?{query}" for page in PAGES for query in (QUERY, of_person, narrowed)]
    paths += [f"tickets?{query}&measure={measure}" for measure in BEHIND for query in (of_person, narrowed) if measure not in OF_NOBODY]  # fmt: skip
    paths += [
        f"people/{ada}?{QUERY}",
        f"tickets?{QUERY}&measure=dropped",
        f"stores?{QUERY}&store=LYO",
        f"messages/?{QUERY}&store=LYO&region={south}",
    ]
    asked: dict[str, int] = {}
    for path in paths:
        session.flush()
        session.expunge_all()
        with counted_statements() as seen:
            read(client, f"/statistics/{path}")
        asked[path] = len(seen)
    assert {path: count for path, count in asked.items() if count > MOST_STATEMENTS} == {}
