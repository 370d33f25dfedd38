"""The chain itself: regions, 61 stores with their hours, the staff and their log-ins."""

from datetime import datetime, time
from random import Random

from hub.core.actor import SYSTEM
from hub.core.text import fold, slug
from hub.core.words import Language
from hub.demo.catalog import LAST_NAMES, MEN, REGIONS, STREETS, TOWNS, WOMEN
from hub.demo.copying import copy_rows
from hub.staff.actions import make_api_key
from hub.staff.models import Agent, Membership
from hub.staff.passwords import hash_secret
from hub.staff.words import ApiScope, Role
from hub.stores.models import Chain, OpeningRange, Region, Store
from hub.stores.words import Territory

PASSWORD = "comptoir-demo-2026"  # noqa: S105 - printed on purpose: the demo's one password
PIN = "2468"
DOMAIN = "verel.example"
MORNING, EVENING = time(10, 0), time(19, 0)
LUNCH = (time(12, 30), time(14, 0))
AGENTS_PER_STORE = 2

CENTRAL: tuple[tuple[str, Role], ...] = (
    ("Cléo Marchand", Role.ADMINISTRATOR),
    ("Max Renard", Role.MARKETER),
    ("Solène Perrin", Role.MANAGER),
    ("Hugo Barbier", Role.HEAD_OFFICE),
    ("Nora Haddad", Role.HEAD_OFFICE),
)
SHOWN_STORES = tuple(number for number, town in enumerate(TOWNS, 1) if town[2] in {"69003", "59000"})
"""The numbers of Lyon Part-Dieu and Lille, whose people can log in."""


def found_chain(*, now: datetime, reply_domain: str) -> list[str]:
    """The chain, its regions and stores. Returns the stores' codes in the order of their ids."""
    copy_rows(Chain, [_chain(now, reply_domain)])
    copy_rows(
        Region,
        [
            {"id": number, "name": name, "key": slug(name), "sort_key": fold(name)}
            for number, name in enumerate(REGIONS, 1)
        ],
    )
    rows = [_store(number, town, now) for number, town in enumerate(TOWNS, 1)]
    copy_rows(Store, rows)
    copy_rows(OpeningRange, _hours(len(rows)))
    return [str(row["code"]) for row in rows]


def hire(*, now: datetime, random: Random) -> list[dict[str, str | None]]:
    """Agents, managers and the head office. Returns one log-in a role: email, password, role, store."""
    password, pin = hash_secret(PASSWORD), hash_secret(PIN)
    people: list[dict[str, object]] = []
    members: list[dict[str, object]] = []
    for name, role in CENTRAL:
        people.append(_agent(len(people) + 1, name, role, password, pin, now))
    for region in range(1, len(REGIONS) + 1):
        people.append(_agent(len(people) + 1, _name(random), Role.REGION_MANAGER, password, pin, now))
        members.append(_member(len(members) + 1, len(people), None, region))
    for store in range(1, len(TOWNS) + 1):
        for place in range(AGENTS_PER_STORE + 1):
            role = Role.AGENT if place else Role.STORE_MANAGER
            people.append(_agent(len(people) + 1, _name(random), role, password, pin, now))
            members.append(_member(len(members) + 1, len(people), store, None))
    copy_rows(Agent, people)
    copy_rows(Membership, members)
    return _logins(people, members)


def cut_key(*, agent_id: int, now: datetime) -> str:
    """The key of the demo's shop and till, bound to a person: it may do everything."""
    return make_api_key(name="Demo shop", scopes=frozenset(ApiScope), agent_id=agent_id, by=SYSTEM, now=now)


def _chain(now: datetime, reply_domain: str) -> dict[str, object]:
    return {
        "id": 1,
        "name": "Maison Verel",
        "language": Language.FRENCH,
        "time_zone": "Europe/Paris",
        "currency": "EUR",
        "sender_name": "Maison Verel",
        "sender_address": f"bonjour@{reply_domain}",
        "website_url": f"https://www.{DOMAIN}/",
        "review_url": f"https://www.{DOMAIN}/avis",
        "social_links": ["https://www.instagram.com/maisonverel", "https://www.facebook.com/maisonverel"],
        "settings": {"address": "8 rue des Tisserands, 59000 Lille"},
        "created_at": now,
    }


def _store(number: int, town: tuple[int, str, str, str, str], now: datetime) -> dict[str, object]:
    region, name, postcode, district, territory = town
    full = f"{name} {district}".strip()
    return {
        "id": number,
        "code": _code(number),
        "name": full,
        "sort_key": fold(full),
        "slug": slug(full),
        "mailbox": slug(full),
        "region_id": region + 1,
        "time_zone": "Indian/Reunion" if territory == "FR-974" else "Europe/Paris",
        "territory": Territory(territory),
        "street": f"{3 + number} {STREETS[number % len(STREETS)]}",
        "postcode": postcode,
        "town": name,
        "country": "FR",
        "phone": f"+33972{number:06d}",
        "is_active": True,
        "created_at": now,
    }


def _hours(store_count: int) -> list[dict[str, object]]:
    """Monday to Saturday; one store in three closes for lunch, one in five on Monday morning."""
    rows: list[dict[str, object]] = []
    for store in range(1, store_count + 1):
        for weekday in range(6):
            ranges = [(MORNING, LUNCH[0]), (LUNCH[1], EVENING)] if store % 3 == 0 else [(MORNING, EVENING)]
            if store % 5 == 0 and weekday == 0:
                ranges = [(LUNCH[1], EVENING)]
            for opens_at, closes_at in ranges:
                rows.append(
                    {
                        "id": len(rows) + 1,
                        "store_id": store,
                        "weekday": weekday,
                        "opens_at": opens_at,
                        "closes_at": closes_at,
                    }
                )
    return rows


def _agent(number: int, name: str, role: Role, password: str, pin: str, now: datetime) -> dict[str, object]:
    first = slug(name.partition(" ")[0])
    return {
        "id": number,
        "email": f"{first}.{slug(name.partition(' ')[2])}.{number}@{DOMAIN}",
        "name": name,
        "sort_key": fold(name),
        "role": role,
        "language": Language.FRENCH,
        "password_hash": password,
        "pin_hash": pin,
        "session_epoch": 0,
        "undo_seconds": 10,
        "has_shortcuts": True,
        "created_at": now,
    }


def _member(number: int, agent: int, store: int | None, region: int | None) -> dict[str, object]:
    return {"id": number, "agent_id": agent, "store_id": store, "region_id": region}


def _name(random: Random) -> str:
    return f"{random.choice(random.choice([WOMEN, MEN]))} {random.choice(LAST_NAMES)}"


def _logins(people: list[dict[str, object]], members: list[dict[str, object]]) -> list[dict[str, str | None]]:
    """The first person of each role, and the agents and managers of the stores that are shown."""
    stores = {int(str(row["agent_id"])): row["store_id"] for row in members}
    seen: set[object] = set()
    logins = []
    for person in people:
        store = stores.get(int(str(person["id"])))
        is_known = store in SHOWN_STORES if store else person["role"] not in seen
        seen.add(person["role"])
        if is_known:
            code = _code(int(str(store))) if store else None
            logins.append(
                {
                    "email": str(person["email"]),
                    "password": PASSWORD,
                    "role": Role(str(person["role"])).value,
                    "store": code,
                }
            )
    return logins


def _code(store: int) -> str:
    _, name, _, district, _ = TOWNS[store - 1]
    letters = fold(f"{name} {district}".strip()).replace(" ", "").replace("-", "").upper()
    return f"{letters[:3]}{store:02d}"
