"""Which parts of the base are counted, which nights are compared and which are dropped. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hub.core.words import Channel, Purpose
from hub.customers.words import AddressKind
from hub.segments.values.rules import SCORES
from hub.segments.values.words import Stage

EVERYBODY, UNSCORED, ANYWHERE, OFFERS = "all", "unscored", "open:any", "offers:any"
ADDRESS_OF: Mapping[Channel, AddressKind] = {
    Channel.EMAIL: AddressKind.MAIL,
    Channel.SMS: AddressKind.PHONE,
    Channel.WHATSAPP: AddressKind.PHONE,
}
PURPOSES = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)
"""What a customer agrees to or refuses; service messages and replies ask nobody."""
SLACK = 7
"""A night up to so many days before the wanted one stands for it: of old times only Mondays are kept."""
DAILY = 62
MOST_DAYS = 3 * 366
SAID = ("yes", "no", "never")


def stage_part(stage: Stage) -> str:
    return f"stage:{stage}"


def rf_part(r: int, f: int) -> str:
    return f"rf:{r}:{f}"


def said_part(said: str, channel: Channel, purpose: Purpose) -> str:
    """`said`: yes, no or never (asked)."""
    return f"{said}:{channel}:{purpose}"


def cohort_part(month_on: date) -> str:
    return f"cohort:{month_on:%Y-%m}"


PARTS = frozenset(
    {
        EVERYBODY,
        UNSCORED,
        ANYWHERE,
        OFFERS,
        *(stage_part(stage) for stage in Stage),
        *(rf_part(r, f) for r in range(1, SCORES + 1) for f in range(1, SCORES + 1)),
        *(f"{what}:{kind}" for what in ("has", "open") for kind in AddressKind),
        *(
            said_part(said, channel, purpose)
            for said in SAID
            for channel in ADDRESS_OF
            for purpose in PURPOSES
        ),
    }
)
"""Every part that is counted; the cohorts are known by their month."""


@dataclass(frozen=True)
class Counts:
    """Customers by part, of some stores together."""

    of: Mapping[str, int]

    def __getitem__(self, part: str) -> int:
        """Nobody was asked who has an address and said neither yes nor no."""
        said, *rest = part.split(":")
        if said != "never":
            return self.of.get(part, 0)
        channel, purpose = Channel(rest[0]), Purpose(rest[1])
        told = (self[said_part(each, channel, purpose)] for each in ("yes", "no"))
        return max(0, self[f"has:{ADDRESS_OF[channel]}"] - sum(told))


def sum_up(rows: Iterable[Mapping[str, int]]) -> Counts:
    """Each customer has one store or none, so that stores add up."""
    total: Counter[str] = Counter()
    for row in rows:
        total.update(row)
    return Counts(dict(total))


def choose_night(kept: Collection[date], wanted: date) -> date | None:
    """The latest night on that day or in the days just before; None where none was kept."""
    near = [day for day in kept if wanted - timedelta(days=SLACK) < day <= wanted]
    return max(near, default=None)


def year_before(day: date) -> date:
    """The same day a year earlier; of 29 February the day before."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)


def month_before(day: date) -> date:
    """The same day of the month before, or its last one."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def list_thinned(kept: Iterable[date], today: date) -> list[date]:
    """Nights to drop: after two months all but the Mondays, after three years those too."""
    return [
        day
        for day in kept
        if (today - day).days > MOST_DAYS or ((today - day).days > DAILY and day.weekday() != 0)
    ]
