"""The digest by mail: the same words as the page, with links to the pages of the figures, behind the log-in."""

from flask_babel import force_locale

from hub.core import site
from hub.reactions import digest_words
from hub.reactions.digest_words import DigestWords
from hub.reactions.happening import Happening
from hub.reactions.staff_mails import post
from hub.staff import queries as staff
from hub.statistics.digest.queries import get_digest
from hub.statistics.digest.rules import SHOWN

TIMES, INBOX, SATISFACTION = "times_url", "inbox_url", "satisfaction_url"
LINKS = {
    **dict.fromkeys(("waits", "median_reply", "within_target", "reopened"), TIMES),
    "waiting_now": INBOX,
    "csat": SATISFACTION,
}
"""The figures of one page share one link below them."""


def mail_digest(seen: Happening) -> None:
    """Once a digest, to the person it was made for while he or she is here."""
    digest_id = seen.data["digest_id"]
    agent = staff.get_agent(seen.data["agent_id"])
    if not agent.is_active:
        return
    with force_locale(agent.language.value):
        said = digest_words.in_words(get_digest(digest_id))
    post(f"digest:{digest_id}", "digest", _values(said, digest_id), agent)


def _values(said: DigestWords, digest_id: int) -> dict[str, str]:
    here = site.base_url()
    values = {
        "title": said.title,
        "days": said.days,
        "name": said.name,
        "few": said.few,
        "page_url": f"{here}/statistics/digest/{digest_id}",
    }
    for figure in said.figures:
        values[figure.measure] = f"{figure.value} ({figure.note})" if figure.note else figure.value
        values[LINKS[figure.measure]] = here + figure.page
    for number, thing in enumerate(said.things[:SHOWN], 1):
        values[f"thing_{number}"] = thing.title
        values[f"thing_{number}_why"] = thing.why
        values[f"thing_{number}_url"] = here + thing.page
    return values
