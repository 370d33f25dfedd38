"""Known API keys: Ada's key may do everything."""

from sqlalchemy.orm import Session

from hub.core.actor import SYSTEM
from hub.staff.actions import make_api_key
from hub.staff.words import ApiScope
from tests.conftest import TUESDAY


def make_key(session: Session, agent_id: int | None, *scopes: ApiScope) -> dict[str, str]:
    """The headers of a caller with this key."""
    secret = make_api_key(
        name="Till", scopes=frozenset(scopes or ApiScope), agent_id=agent_id, by=SYSTEM, now=TUESDAY
    )
    session.flush()
    return {"Authorization": f"Bearer {secret}"}
