"""The result of an audit of the base, by mail to the people chosen for it."""

from hub.core import site
from hub.core.words import Language
from hub.customers.quality import auditing
from hub.customers.quality.words import FAULTS
from hub.reactions.happening import Happening
from hub.reactions.staff_mails import post
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.words import Permission

SUBJECT = {
    Language.FRENCH: "Contrôle de la base : {count} clients examinés",
    Language.ENGLISH: "Audit of the base: {count} customers looked at",
}
LINE = {Language.FRENCH: "{fault} : {count}{trend}", Language.ENGLISH: "{fault}: {count}{trend}"}
CLEAN = {Language.FRENCH: "Rien à signaler.", Language.ENGLISH: "Nothing to report."}


def mail_audit(seen: Happening) -> None:
    """Each report with its count and what changed since the audit before; people who left get nothing."""
    audit = auditing.get_audit(seen.data["audit_id"])
    for agent in _told():
        values = {
            "cause": SUBJECT[agent.language].format(count=audit.customer_count),
            "advice": _lines(audit, agent.language),
            "page_url": f"{site.base_url()}/quality/",
        }
        post(f"audit:{seen.fact_id}:{agent.id}", "staff_alert", values, agent)


def _told() -> list[AgentRow]:
    """Who was chosen and is still here; with nobody chosen, or none of them left, the administrators."""
    chosen = staff.get_agents(auditing.get_settings().agent_ids).values()
    return [agent for agent in chosen if agent.is_active] or staff.list_agents_with(Permission.EDIT_STAFF)


def _lines(audit: auditing.AuditRow, language: Language) -> str:
    """Faults that were found, in the order of the page: “Sans nom : 12 (+3)”."""
    said = [
        LINE[language].format(
            fault=FAULTS[key][language], count=count, trend=_trend(count, audit.before.get(key))
        )
        for key, count in audit.counts.items()
        if count and key in FAULTS
    ]
    return " · ".join(said) or CLEAN[language]


def _trend(count: int, before: int | None) -> str:
    return "" if before is None or before == count else f" ({count - before:+d})"
