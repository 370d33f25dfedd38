"""Who may do what: the permission table and the scope of a person; passwords, PINs and attempts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.actor import Actor
from hub.core.errors import HubError, Invalid
from hub.core.text import N_, SPACES, fold
from hub.core.words import ActorKind, Language
from hub.staff.words import Permission, Role

P = Permission
_AGENT = frozenset({P.READ_TICKETS, P.ANSWER_TICKETS, P.LOOK_UP_ORDERS, P.READ_CUSTOMERS, P.READ_KNOWLEDGE})
_MANAGER = _AGENT | {P.READ_STATISTICS, P.EDIT_STORE_PARAGRAPHS}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.AGENT: _AGENT,
    Role.DELIVERY: frozenset({P.LOOK_UP_ORDERS, P.READ_KNOWLEDGE}),
    Role.STORE_MANAGER: _MANAGER,
    Role.REGION_MANAGER: _MANAGER,
    Role.HEAD_OFFICE: _MANAGER | {P.EDIT_KNOWLEDGE, P.EDIT_ROUTING, P.EDIT_CUSTOMERS},
    Role.MARKETER: frozenset(
        {
            P.READ_CUSTOMERS,
            P.READ_PLANS,
            P.EDIT_PLANS,
            P.READ_MESSAGES,
            P.EDIT_MESSAGES,
            P.READ_SURVEYS,
            P.EDIT_SURVEYS,
            P.MODERATE_REVIEWS,
            P.READ_KNOWLEDGE,
            P.READ_STATISTICS,
            P.EDIT_CUSTOMERS,
            P.READ_SEGMENTS,
            P.EDIT_SEGMENTS,
        }
    ),
    Role.MANAGER: frozenset(
        {
            P.READ_TICKETS,
            P.READ_CUSTOMERS,
            P.READ_PLANS,
            P.READ_MESSAGES,
            P.READ_SURVEYS,
            P.MODERATE_REVIEWS,
            P.READ_KNOWLEDGE,
            P.READ_STATISTICS,
            P.READ_SEGMENTS,
        }
    ),
    Role.ADMINISTRATOR: frozenset(Permission),
}

WHOLE_CHAIN = frozenset({Role.HEAD_OFFICE, Role.MARKETER, Role.MANAGER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Scope:
    """The stores a person may see: all of them and the central queue, or exactly `store_ids`."""

    is_everything: bool
    store_ids: frozenset[int] = frozenset()

    def has_store(self, store_id: int | None) -> bool:
        """The central queue (None) belongs to the head office alone."""
        return self.is_everything or store_id in self.store_ids


@dataclass(frozen=True)
class Viewer:
    """The signed-in person, as every page and query sees them. `home_store_id` is None at the head office.

    `time_zone` is that of the home store, else the chain's; empty before the set-up.
    """

    agent_id: int
    name: str
    email: str
    role: Role
    language: Language
    scope: Scope
    session_epoch: int
    home_store_id: int | None = None
    home_store_name: str = ""
    undo_seconds: int = 10
    has_shortcuts: bool = True
    has_sound: bool = False
    time_zone: str = ""

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.AGENT, agent_id=self.agent_id, name=self.name)

    def may(self, permission: Permission) -> bool:
        return permission in PERMISSIONS[self.role]


def scope_of(role: Role, store_ids: frozenset[int]) -> Scope:
    """Head office, marketers, managers and administrators see all stores; the others only theirs."""
    return (
        Scope(is_everything=True) if role in WHOLE_CHAIN else Scope(is_everything=False, store_ids=store_ids)
    )


class UnknownKeyError(HubError):
    """An API key that opens nothing."""

    status = 401
    code = "unauthorized"


ATTEMPTS = 6
ATTEMPT_WINDOW = timedelta(minutes=15)
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
PIN_SIZES = range(4, 7)
UNDO_SECONDS = range(31)
LONGEST_NAME = 80
PREFIX_SIZE = 12


def wait_seconds(failed_at: Sequence[datetime], now: datetime) -> int:
    """How long the door stays closed after these failures: 0, or until the oldest of the last six is 15 min old."""
    recent = sorted(moment for moment in failed_at if now - moment < ATTEMPT_WINDOW)
    if len(recent) < ATTEMPTS:
        return 0
    return max(1, int((recent[-ATTEMPTS] + ATTEMPT_WINDOW - now).total_seconds()))


def check_password(password: str, *, name: str, email: str) -> None:
    """Long rather than complicated (NIST SP 800-63B). Raises Invalid for a short, overlong or guessable one."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(
            N_("Please choose a password of at least %(least)s characters; a few words in a row work well."),
            field="password",
            least=SHORTEST_PASSWORD,
        )
    if len(password) > LONGEST_PASSWORD:
        raise Invalid(
            N_("Please choose a password of at most %(most)s characters."),
            field="password",
            most=LONGEST_PASSWORD,
        )
    if len(set(password)) < len("abcd") or fold(password) in {fold(name), fold(email)}:
        raise Invalid(N_("This password is too easy to guess. Please choose another one."), field="password")


def check_pin(pin: str) -> None:
    """Four to six digits, not all the same and not in a row. Raises Invalid."""
    if not (pin.isascii() and pin.isdigit() and len(pin) in PIN_SIZES):
        raise Invalid(N_("A PIN has 4 to 6 digits."), field="pin")
    if len(set(pin)) == 1 or pin in "01234567890" or pin in "09876543210":
        raise Invalid(N_("This PIN is too easy to guess. Please choose another one."), field="pin")


def clean_person_name(name: str) -> str:
    """One line without outer spaces. Raises Invalid when empty or longer than 80 characters."""
    clean = SPACES.sub(" ", name).strip()
    if not clean or len(clean) > LONGEST_NAME:
        raise Invalid(
            N_("Please give a name of at most %(most)s characters."), field="name", most=LONGEST_NAME
        )
    return clean


def needs_store(role: Role) -> bool:
    """Whether a person of this role works in stores and must belong to at least one."""
    return role in {Role.AGENT, Role.DELIVERY, Role.STORE_MANAGER}


def needs_region(role: Role) -> bool:
    return role is Role.REGION_MANAGER


SYSTEM_VIEWER = Viewer(
    agent_id=0,
    name="Comptoir",
    email="",
    role=Role.ADMINISTRATOR,
    language=Language.FRENCH,
    scope=Scope(is_everything=True),
    session_epoch=0,
)
"""The house itself, for switchboard and commands: never signed in, sees every store."""
