"""Mails to people of the staff: invitations, forgotten passwords, deadlines that near or were missed."""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from hub.content import phrases
from hub.core import clock, site
from hub.core.words import Channel, Language, Purpose
from hub.customers.rules import show_phone
from hub.inbox.queries import TicketView
from hub.loyalty.queries import get_pool
from hub.mailroom.way_queries import find_mailbox
from hub.outbox import actions as outbox
from hub.outbox import queries as messages
from hub.reactions.happening import Happening
from hub.staff import queries as staff
from hub.staff.links import INVITATION, LIFE, RESET
from hub.staff.queries import AgentCard, AgentRow
from hub.staff.words import Permission
from hub.stores.queries import get_chain, get_store

NEAR = {Language.FRENCH: "L’échéance de réponse approche", Language.ENGLISH: "The reply is due soon"}
MISSED = {Language.FRENCH: "L’échéance de réponse est passée", Language.ENGLISH: "The reply is late"}
POOL_LOW = {
    Language.FRENCH: "Il reste {left} codes dans la réserve {pool}",
    Language.ENGLISH: "{left} codes are left in the pool {pool}",
}
REFILL = {
    Language.FRENCH: "Ajoutez des codes, sinon les messages qui en portent ne partiront plus.",
    Language.ENGLISH: "Please add codes, otherwise messages that carry one will not leave any more.",
}
PAUSED = {
    Language.FRENCH: "L’envoi par {channel} est suspendu : {words}",
    Language.ENGLISH: "Sending by {channel} is paused: {words}",
}
MEND = {
    Language.FRENCH: "Le prestataire met notre envoi en cause. Corrigez la cause, puis reprenez l’envoi ; "
    "les messages attendent, aucun client n’est écarté.",
    Language.ENGLISH: "The provider blames our sending. Please mend the cause, then resume; "
    "messages wait, no customer is suppressed.",
}
UNREAD = {
    Language.FRENCH: "La boîte {address} n’est plus relevée",
    Language.ENGLISH: "The mailbox {address} is not read any more",
}
LOOK = {
    Language.FRENCH: "Rien n’est perdu, le courrier attend dans la boîte. La page dit ce qui a échoué ; corrigez-le, "
    "puis essayez la connexion.",
    Language.ENGLISH: "Nothing is lost, the mail waits in the mailbox. The page says what failed; please mend it, "
    "then try the connection.",
}
CHANNELS = {Channel.EMAIL: "e-mail", Channel.SMS: "SMS", Channel.WHATSAPP: "WhatsApp"}


def mail_invitation(seen: Happening) -> None:
    """The link is made anew from the person's epoch, so that an older invitation stops working."""
    agent = staff.get_agent(seen.data["agent_id"])
    if not agent.is_active or not agent.is_invited:
        return
    inviter_id = seen.data["inviter_id"]
    inviter = staff.get_agents([inviter_id]).get(inviter_id) if inviter_id else None
    token = staff.invitation_link_token(agent.id, agent.session_epoch, now=clock.machine_now())
    values = {
        "inviter_name": inviter.name if inviter else get_chain().name,
        "accept_url": f"{site.base_url()}/session/invitation/{token}",
        "valid_for": phrases.duration_in_words(int(LIFE[INVITATION].total_seconds()), agent.language.value),
        "email": agent.email,
    }
    post(f"invitation:{seen.fact_id}", "staff_invitation", values, agent)


def mail_password_link(seen: Happening) -> None:
    agent = staff.get_agent(seen.data["agent_id"])
    if not agent.is_active:
        return
    token = staff.password_reset_token(agent.id, agent.session_epoch, now=clock.machine_now())
    values = {
        "reset_url": f"{site.base_url()}/session/password/{token}",
        "valid_for": phrases.duration_in_words(int(LIFE[RESET].total_seconds()), agent.language.value),
    }
    post(f"password:{seen.fact_id}", "password_reset", values, agent)


def warn_marketers(seen: Happening) -> None:
    """A pool of promo codes nears its end: those who write messages are told, once until it is filled."""
    pool = get_pool(seen.data["pool_id"])
    for agent in staff.list_agents_with(Permission.EDIT_MESSAGES):
        words = {"left": seen.data["left_count"], "pool": pool.name}
        values = {
            "cause": POOL_LOW[agent.language].format(**words),
            "advice": REFILL[agent.language],
            "page_url": f"{site.base_url()}/promo-codes/{pool.id}",
        }
        post(f"promo-pool:{seen.fact_id}:{agent.id}", "staff_alert", values, agent)


def warn_administrators(seen: Happening) -> None:
    """A provider complains about us: told once a fault. Where it is mail itself, the alarm leaves when mail does."""
    pause = messages.get_pause(seen.data["pause_id"])
    for agent in staff.list_agents_with(Permission.EDIT_SETTINGS):
        words = {"channel": CHANNELS.get(pause.channel, pause.channel.value), "words": pause.detail[:200]}
        values = {
            "cause": PAUSED[agent.language].format(**words),
            "advice": MEND[agent.language],
            "page_url": f"{site.base_url()}/settings/operations",
        }
        post(f"sender-paused:{seen.fact_id}:{agent.id}", "staff_alert", values, agent)


def warn_of_mailbox(seen: Happening) -> None:
    """A mailbox could not be read several times in a row: told once until it works again."""
    mailbox = find_mailbox(seen.data["mailbox_id"])
    if mailbox is None:
        return
    for agent in staff.list_agents_with(Permission.EDIT_SETTINGS):
        values = {
            "cause": UNREAD[agent.language].format(address=mailbox.address),
            "advice": LOOK[agent.language],
            "page_url": f"{site.base_url()}/settings/mail-ways/{mailbox.id}",
        }
        post(f"mailbox-failed:{seen.fact_id}:{agent.id}", "staff_alert", values, agent)


def alert(
    seen: Happening, ticket: TicketView, people: Iterable[AgentRow], cause: dict[Language, str]
) -> None:
    """A mail to each of these people, once a fact."""
    for agent in people:
        values = _alert_values(ticket, agent.language) | {"cause": cause[agent.language]}
        post(f"alert:{seen.fact_id}:{agent.id}", "ticket_alert", values, agent)


def _alert_values(ticket: TicketView, language: Language) -> dict[str, str]:
    """Who wrote and until when a reply is due; never the customer's words, which stay in the hub."""
    chain = get_chain()
    zone = ZoneInfo(get_store(ticket.store_id).time_zone if ticket.store_id else chain.time_zone)
    now = clock.business_now()
    phone = ticket.requester_address or ""
    return {
        "store_name": ticket.store_name or chain.name,
        "ticket_number": ticket.number,
        "ticket_url": f"{site.base_url()}/inbox/{ticket.number}",
        "due": _due_in_words(ticket.due_at, now, zone, language),
        "customer_name": ticket.requester_name,
        "customer_phone": show_phone(phone) if phone.startswith("+") else "",
    }


def _due_in_words(due_at: datetime | None, now: datetime, zone: ZoneInfo, language: Language) -> str:
    if due_at is None:
        return ""
    return phrases.expected_reply_in_words(due_at.astimezone(zone), now.astimezone(zone), language.value)


def post(key: str, template_key: str, values: dict[str, str], agent: AgentRow | AgentCard) -> None:
    now = clock.business_now()
    first_name = agent.name.partition(" ")[0]
    outbox.post(
        key=key,
        template_key=template_key,
        values=values | {"salutation": phrases.salutation(None, first_name, None, agent.language.value)},
        purpose=Purpose.STAFF,
        language=agent.language,
        recipient=agent.email,
        recipient_name=agent.name,
        agent_id=agent.id,
        due_at=now,
        now=now,
    )
