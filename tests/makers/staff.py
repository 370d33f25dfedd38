"""Known people: Ada and Bo (agents of two stores), Cleo (administrator), Max (marketer), Ines (region manager)."""

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from hub.core.text import fold
from hub.core.words import Language
from hub.staff.models import Agent, Membership
from hub.staff.words import Role
from tests.conftest import TUESDAY

PASSWORD = "correct horse battery"
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD_HASH = _CHEAP.hash(PASSWORD)


def make_agent(
    session: Session,
    name: str = "Ada Martin",
    *,
    role: Role = Role.AGENT,
    store_ids: tuple[int, ...] = (),
    region_ids: tuple[int, ...] = (),
    **fields: object,
) -> Agent:
    row = Agent(
        **{
            "email": f"{fold(name).partition(' ')[0]}@verel.example",
            "name": name,
            "sort_key": fold(name),
            "role": role,
            "language": Language.FRENCH,
            "password_hash": PASSWORD_HASH,
            "created_at": TUESDAY,
            **fields,
        }
    )
    session.add(row)
    session.flush()
    session.add_all(Membership(agent_id=row.id, store_id=store_id) for store_id in store_ids)
    session.add_all(Membership(agent_id=row.id, region_id=region_id) for region_id in region_ids)
    session.flush()
    return row


def log_in(client: FlaskClient, agent: Agent) -> FlaskClient:
    """A browser in which this person is logged in, without the work of a password."""
    with client.session_transaction() as session:
        session["_user_id"] = f"{agent.id}.{agent.session_epoch or 0}"
        session["_fresh"] = True
    return client
