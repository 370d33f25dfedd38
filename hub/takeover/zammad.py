"""An export of Zammad as its API writes it: tickets with `expand=true`, ticket_articles, users; files beside them."""

import base64
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from hub.core.errors import Invalid
from hub.core.text import N_
from hub.core.words import Channel
from hub.inbox.words import MessageKind, Priority, TicketState
from hub.takeover import fields
from hub.takeover.opening import NOT_READABLE, Bundle, read_json
from hub.takeover.values import BadRowError, Export, ForeignFile, ForeignMessage, ForeignPerson, ForeignTicket
from hub.takeover.words import TakeoverSource

Row = Mapping[str, Any]
KINDS = {
    "tickets": ("tickets", "ticket"),
    "articles": ("articles", "ticket_articles", "ticketarticle", "ticket_article"),
    "users": ("users", "user", "customers"),
    "groups": ("groups", "group"),
}
STATES = {
    "new": TicketState.NEW,
    "open": TicketState.OPEN,
    "pending reminder": TicketState.PENDING,
    "pending close": TicketState.PENDING,
    "closed": TicketState.SOLVED,
    "merged": TicketState.SOLVED,
    "removed": TicketState.SOLVED,
}
STATE_IDS = {
    1: "new",
    2: "open",
    3: "pending reminder",
    4: "closed",
    5: "merged",
    6: "removed",
    7: "pending close",
}
PRIORITIES = {"1 low": Priority.LOW, "2 normal": Priority.NORMAL, "3 high": Priority.HIGH}
PRIORITY_IDS = {1: Priority.LOW, 2: Priority.NORMAL, 3: Priority.HIGH}
CHANNELS = {
    "email": Channel.EMAIL,
    "phone": Channel.PHONE,
    "web": Channel.FORM,
    "sms": Channel.SMS,
    "chat": Channel.CHAT,
    "whatsapp message": Channel.WHATSAPP,
}
SOCIAL = ("twitter", "facebook", "telegram")


def open_zammad(bundle: Bundle) -> Export:
    """Raises Invalid (field file) when there is no list of tickets."""
    try:
        documents = read_json(bundle)
    except ValueError:
        documents = []
    rows = _gather(documents)
    if not rows["tickets"]:
        raise Invalid(NOT_READABLE, field="file", source="Zammad")
    reader = _Reader(bundle, rows)
    customers = [row for row in rows["users"] if reader.is_customer(row)]
    return Export(
        TakeoverSource.ZAMMAD,
        [partial(person_of, row) for row in customers],
        [partial(reader.ticket, row) for row in rows["tickets"]],
    )


def _gather(documents: Sequence[tuple[str, Any]]) -> dict[str, list[Row]]:
    """Lists by kind, whether each has a file, one document holds all, or `assets` hold them by id."""
    rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
    for stem, document in documents:
        parts = document if isinstance(document, dict) else {stem.rstrip("0123456789-_"): document}
        assets = parts.get("assets")
        parts = {**parts, **assets} if isinstance(assets, dict) else parts
        for name, part in parts.items():
            for kind, names in KINDS.items():
                if str(name).lower() in names:
                    rows[kind] += _rows_of(part)
    return rows


def _rows_of(part: Any) -> list[Row]:
    found = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    return [row for row in found if isinstance(row, Mapping)]


def person_of(row: Row) -> ForeignPerson:
    external_id = fields.text_of(row.get("id"), 80)
    email = fields.text_of(row.get("email"), 254)
    phone = fields.text_of(row.get("mobile") or row.get("phone"), 40)
    if not external_id:
        raise BadRowError("customer", email or "–", N_("It has no id."), fields.shown(row))
    company = row.get("organization")
    return ForeignPerson(
        external_id=external_id,
        email=email,
        phone=phone,
        first_name=fields.text_of(row.get("firstname"), 120),
        last_name=fields.text_of(row.get("lastname"), 120),
        company=fields.text_of(company, 120) if isinstance(company, str) else "",
        created_at=fields.moment_of(row.get("created_at")),
    )


class _Reader:
    """Looks ids up in what the export holds."""

    def __init__(self, bundle: Bundle, rows: Mapping[str, Sequence[Row]]) -> None:
        self.bundle = bundle
        self.users = {row.get("id"): row for row in rows["users"]}
        self.by_login = {
            fields.text_of(row.get(name)).lower(): row for row in rows["users"] for name in ("login", "email")
        }
        self.groups = {row.get("id"): fields.text_of(row.get("name")) for row in rows["groups"]}
        self.articles: dict[Any, list[Row]] = defaultdict(list)
        for row in rows["articles"]:
            self.articles[row.get("ticket_id")].append(row)
        self.customer_ids = {row.get("customer_id") for row in rows["tickets"]}

    def is_customer(self, row: Row) -> bool:
        roles = row.get("roles")
        is_staff = isinstance(roles, list) and any(role in {"Agent", "Admin"} for role in roles)
        return (row.get("id") in self.customer_ids or not is_staff) and row.get("id") != 1

    def ticket(self, row: Row) -> ForeignTicket:
        external_id = fields.text_of(row.get("id"), 80)
        if not external_id:
            raise BadRowError(
                "ticket", fields.text_of(row.get("number")) or "–", N_("It has no id."), fields.shown(row)
            )
        created_at = fields.need_moment(row.get("created_at"), "ticket", external_id, row)
        articles = [*self.articles[row.get("id")], *_rows_of(row.get("articles"))]
        messages = tuple(self.message(each, external_id) for each in sorted(articles, key=_order))
        if not messages:
            raise BadRowError("ticket", external_id, N_("It has no message."), fields.shown(row))
        return ForeignTicket(
            external_id=external_id,
            number=fields.text_of(row.get("number"), 80),
            subject=fields.text_of(row.get("title"), 500),
            state=self.state(row, external_id),
            priority=PRIORITIES.get(_word(row.get("priority")))
            or PRIORITY_IDS.get(row.get("priority_id", 2), Priority.NORMAL),
            channel=messages[0].channel,
            group=_name_of(row.get("group")) or self.groups.get(row.get("group_id"), ""),
            owner=self.owner(row),
            customer=self.customer(row),
            created_at=created_at,
            updated_at=fields.moment_of(row.get("updated_at")) or created_at,
            solved_at=fields.moment_of(row.get("close_at")),
            messages=messages,
            tags=tuple(fields.text_of(tag, 80) for tag in row.get("tags") or () if isinstance(tag, str)),
        )

    def state(self, row: Row, external_id: str) -> TicketState:
        word = _word(row.get("state")) or STATE_IDS.get(row.get("state_id", 0), "")
        if word not in STATES:
            raise BadRowError("ticket", external_id, N_("Its state is unknown."), fields.shown(row))
        return STATES[word]

    def owner(self, row: Row) -> str:
        """Zammad's user 1, written "-", is nobody."""
        given = _name_of(row.get("owner"))
        if not given and row.get("owner_id") not in (None, 1):
            given = fields.text_of(self.users.get(row["owner_id"], {}).get("email"))
        return "" if given == "-" else given

    def customer(self, row: Row) -> ForeignPerson | None:
        found = self.users.get(row.get("customer_id"))
        given = _name_of(row.get("customer"))
        found = found or self.by_login.get(given.lower())
        if found is not None:
            return person_of(found)
        if "@" in given:
            return ForeignPerson(external_id=fields.text_of(row.get("customer_id")) or given, email=given)
        return None

    def message(self, row: Row, ticket_id: str) -> ForeignMessage:
        external_id = fields.text_of(row.get("id"), 80)
        body = fields.text_of(row.get("body"))
        html = body if "html" in fields.text_of(row.get("content_type")) else ""
        kind = _kind_of(row)
        name, address = self.author(row, kind)
        return ForeignMessage(
            external_id=external_id,
            kind=kind,
            channel=_channel_of(row),
            author_name=name,
            author_address=address,
            subject=fields.text_of(row.get("subject"), 500),
            text=fields.plain_of(html) if html else body,
            html=html,
            at=fields.need_moment(row.get("created_at"), "ticket", ticket_id, row),
            mail_message_id=_message_id(row.get("message_id")),
            files=tuple(self.file(each) for each in _rows_of(row.get("attachments"))),
        )

    def author(self, row: Row, kind: MessageKind) -> tuple[str, str]:
        """Name and address: of ours the user who wrote, of others what the message says of itself."""
        user = self.users.get(row.get("created_by_id"), {})
        known = " ".join(filter(None, map(fields.text_of, (user.get("firstname"), user.get("lastname")))))
        mail = fields.text_of(user.get("email"))
        name, address = _split_from(fields.text_of(row.get("from"), 300))
        if kind in {MessageKind.AGENT, MessageKind.NOTE} and mail:
            return known or name, mail
        return name or known, address or mail

    def file(self, row: Row) -> ForeignFile:
        name = fields.text_of(row.get("filename"), 200) or "file"
        if isinstance(row.get("data"), str):
            return ForeignFile(name=name, read=partial(base64.b64decode, row["data"]))
        member = self.bundle.find_file(fields.text_of(row.get("id")), name)
        return ForeignFile(name=name, read=partial(self.bundle.read, member) if member else None)


def _kind_of(row: Row) -> MessageKind:
    """Internal articles are notes; what the system wrote by itself is automatic."""
    if row.get("internal"):
        return MessageKind.NOTE
    sender = _word(row.get("sender")) or {1: "agent", 2: "customer", 3: "system"}.get(
        row.get("sender_id", 0), "agent"
    )
    return {"customer": MessageKind.CUSTOMER, "system": MessageKind.AUTOMATIC}.get(sender, MessageKind.AGENT)


def _channel_of(row: Row) -> Channel:
    word = _word(row.get("type"))
    return Channel.SOCIAL if word.startswith(SOCIAL) else CHANNELS.get(word, Channel.EMAIL)


def _order(row: Row) -> tuple[str, str]:
    return (fields.text_of(row.get("created_at")), fields.text_of(row.get("id")).zfill(20))


def _word(value: Any) -> str:
    return _name_of(value).lower()


def _name_of(value: Any) -> str:
    """A name that is given as text, or as an object that has one."""
    return fields.text_of(value.get("name") if isinstance(value, dict) else value, 250)


def _split_from(given: str) -> tuple[str, str]:
    name, mark, address = given.rpartition("<")
    if mark:
        return name.strip(' "'), address.rstrip("> ").strip()
    return ("", given) if "@" in given else (given, "")


def _message_id(value: Any) -> str | None:
    bare = fields.text_of(value, 500).strip("<>")
    return f"<{bare}>" if bare and " " not in bare else None
