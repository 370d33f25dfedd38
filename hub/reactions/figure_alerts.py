"""Tells people that a figure rose above the threshold of an alert rule: a notice, and the ways each of them has chosen."""

from collections.abc import Iterable, Iterator

from flask_babel import force_locale

from hub.core import clock, site
from hub.inbox import actions as inbox
from hub.inbox.queries import get_choices
from hub.inbox.words import NoticeKind
from hub.outbox import pushing
from hub.reactions.figure_words import advice_words, alert_words, said_of
from hub.reactions.happening import Happening
from hub.reactions.staff_mails import post
from hub.staff import queries as staff
from hub.staff.queries import AgentRow
from hub.staff.words import Role
from hub.statistics.alerts import queries
from hub.statistics.alerts.queries import RuleRow
from hub.statistics.words import Told

MANAGERS = {Told.STORE: Role.STORE_MANAGER, Told.REGION: Role.REGION_MANAGER}


def tell(seen: Happening) -> None:
    """Once a rise. A rule that is off by now tells nobody; a person hears only of stores that he or she may see."""
    rule, store_id = queries.get_rule(seen.data["rule_id"]), seen.data["store_id"]
    if not rule.is_on:
        return
    people = _people(rule, store_id)
    said = said_of(rule, store_id, seen.data["value"], seen.happened_at)
    inbox.notify(
        agent_ids=[agent.id for agent in people],
        kind=NoticeKind.FIGURE_ROSE,
        ticket_id=None,
        now=clock.business_now(),
        data=said,
    )
    choices, pushes = get_choices([agent.id for agent in people]), {}
    for agent in people:
        with force_locale(agent.language.value):
            cause, advice = alert_words(said), advice_words()
        if choices[agent.id].has_mails:
            values = {"cause": cause, "advice": advice, "page_url": site.base_url() + str(said["page"])}
            post(f"figure:{seen.fact_id}:{agent.id}", "staff_alert", values, agent)
        if choices[agent.id].has_warnings:
            tag = f"figure-{rule.id}-{store_id or 0}"
            pushes[agent.id] = {
                "title": str(said["place"]),
                "body": cause,
                "url": str(said["page"]),
                "tag": tag,
            }
    pushing.post_pushes(pushes, key=f"fact:{seen.fact_id}", machine_now=clock.machine_now())


def _people(rule: RuleRow, store_id: int | None) -> list[AgentRow]:
    """Each once, by name."""
    stores = frozenset({store_id}) if store_id is not None else queries.stores_of(rule)
    is_chain = store_id is None and rule.region_id is None and not rule.store_ids
    found = {agent.id: agent for agent in _chosen(rule, stores) if agent.is_active}
    return sorted(
        (agent for agent in found.values() if _may_see(agent, frozenset() if is_chain else stores)),
        key=lambda agent: (agent.name, agent.id),
    )


def _chosen(rule: RuleRow, stores: Iterable[int]) -> Iterator[AgentRow]:
    if Told.AUTHOR in rule.tells:
        yield from staff.get_agents([rule.made_by_id]).values()
    if Told.HEAD_OFFICE in rule.tells:
        yield from (agent for agent in staff.list_store_agents(None) if agent.role is Role.HEAD_OFFICE)
    roles = {role for told, role in MANAGERS.items() if told in rule.tells}
    for store_id in stores if roles else ():
        yield from (agent for agent in staff.list_store_agents(store_id) if agent.role in roles)


def _may_see(agent: AgentRow, stores: frozenset[int]) -> bool:
    viewer = staff.find_viewer(agent.id)
    return viewer is not None and queries.covers(viewer, stores)
