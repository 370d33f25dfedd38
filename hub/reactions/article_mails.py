"""Mails about articles: the day has come to read one again."""

from hub.core import site
from hub.core.words import Language
from hub.knowledge.queries import find_name
from hub.reactions.happening import Happening
from hub.reactions.staff_mails import post
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.words import Permission

CAUSE = {Language.FRENCH: "Article à relire : {title}", Language.ENGLISH: "Article to read again: {title}"}
ADVICE = {
    Language.FRENCH: "Vérifiez qu’il dit encore vrai, corrigez-le au besoin, puis choisissez la prochaine date de relecture.",
    Language.ENGLISH: "Please check that it is still true, correct it where needed, then choose when it is read next.",
}


def remind_owner(seen: Happening) -> None:
    """Once a day that was chosen; an article that is gone, or archived meanwhile, asks for nothing."""
    named = find_name(seen.data["article_id"])
    if named is None:
        return
    key, title = named
    for agent in _told(seen.data.get("owner_id")):
        values = {
            "cause": CAUSE[agent.language].format(title=title),
            "advice": ADVICE[agent.language],
            "page_url": f"{site.base_url()}/knowledge/articles/{key}",
        }
        post(f"article-review:{seen.fact_id}:{agent.id}", "staff_alert", values, agent)


def _told(owner_id: int | None) -> list[AgentRow]:
    """The owner while he or she is here, else the editors."""
    owner = staff.get_agents([owner_id]).get(owner_id) if owner_id else None
    return (
        [owner]
        if owner is not None and owner.is_active
        else staff.list_agents_with(Permission.EDIT_KNOWLEDGE)
    )
