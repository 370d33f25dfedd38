"""Where a figure of a digest is looked at closer: the page with the same filters in its address. Pure."""

from datetime import date, timedelta
from urllib.parse import urlencode

from hub.core.words import Language
from hub.inbox.asking import Filter, Query, Term, write
from hub.statistics.digest.words import Page
from hub.statistics.rules import Filters

WAITING = f"{Page.INBOX}?view=waiting"
CENTRAL = f"{Page.INBOX}?view=unattributed"


def page_of(page: Page, filters: Filters, store_code: str = "", **clicked: str) -> str:
    """A page of figures of the same days and region, of one store or several where there are codes.

    Without either it shows all that its reader may see, which is what the figure was made of.
    """
    given = {"since": filters.since_on.isoformat(), "until": filters.until_on.isoformat()}
    place = {"region": str(filters.region_id or ""), "store": store_code}
    return f"{page}?{urlencode(given | {key: words for key, words in place.items() if words} | clicked)}"


def tickets_of(reason_key: str, since_on: date, until_on: date) -> str:
    """The tickets of a contact reason that came in these days."""
    asked = (
        Term(reason_key, Filter.REASON),
        Term(since_on.isoformat(), Filter.AFTER),
        Term((until_on + timedelta(days=1)).isoformat(), Filter.BEFORE),
    )
    return f"{Page.INBOX}?{urlencode({'q': write(Query(asked), Language.FRENCH)})}"
