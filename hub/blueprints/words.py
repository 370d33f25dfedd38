"""Words and fields about stores and people that several staff pages share."""

from collections.abc import Mapping

from flask_babel import gettext, lazy_gettext
from wtforms import SelectChoice, StringField

from hub.blueprints.forms import Form, options
from hub.core.text import N_
from hub.staff.words import ApiScope, Role
from hub.stores.forms import format_ranges, parse_ranges
from hub.stores.rules import Range
from hub.stores.words import Territory

ROLES: dict[Role, str] = {
    Role.AGENT: N_("Store agent"),
    Role.DELIVERY: N_("Delivery and pick-up"),
    Role.STORE_MANAGER: N_("Store manager"),
    Role.REGION_MANAGER: N_("Region manager"),
    Role.HEAD_OFFICE: N_("Head-office agent"),
    Role.MARKETER: N_("Marketer"),
    Role.MANAGER: N_("Manager of the chain"),
    Role.ADMINISTRATOR: N_("Administrator"),
}

TERRITORIES: dict[Territory, str] = {
    Territory.METROPOLE: N_("France"),
    Territory.ALSACE_MOSELLE: N_("Alsace and Moselle"),
    Territory.GUADELOUPE: N_("Guadeloupe"),
    Territory.MARTINIQUE: N_("Martinique"),
    Territory.GUYANE: N_("French Guiana"),
    Territory.REUNION: N_("Réunion"),
    Territory.MAYOTTE: N_("Mayotte"),
    Territory.BELGIUM: N_("Belgium"),
    Territory.SWITZERLAND: N_("Switzerland"),
    Territory.LUXEMBOURG: N_("Luxembourg"),
}

SCOPES: dict[ApiScope, str] = {
    ApiScope.ORDERS_WRITE: N_("Send orders"),
    ApiScope.CONTACTS_WRITE: N_("Send contacts of customers"),
    ApiScope.TICKETS_READ: N_("Read tickets"),
    ApiScope.TICKETS_WRITE: N_("Open and change tickets"),
    ApiScope.TICKETS_REPLY: N_("Reply to tickets as a person"),
    ApiScope.CUSTOMERS_READ: N_("Read customers and their messages"),
    ApiScope.CUSTOMERS_WRITE: N_("Add and correct customers"),
    ApiScope.CONSENTS_WRITE: N_("Record consents"),
    ApiScope.STATISTICS_READ: N_("Read statistics"),
    ApiScope.BEHAVIOUR_WRITE: N_("Record baskets and visits"),
    ApiScope.SEGMENTS_READ: N_("Read segments and their members"),
    ApiScope.EVENTS_WRITE: N_("Tell events of your own names"),
    ApiScope.PLANS_READ: N_("Read plans and who is inside"),
    ApiScope.PLANS_WRITE: N_("Let customers into plans and take them out"),
    ApiScope.SURVEYS_READ: N_("Read invitations and answers of surveys"),
    ApiScope.SURVEYS_WRITE: N_("Ask about orders"),
    ApiScope.REGIONS_WRITE: N_("Set words of regions, such as the weather"),
}

DAYS = (
    N_("Monday"),
    N_("Tuesday"),
    N_("Wednesday"),
    N_("Thursday"),
    N_("Friday"),
    N_("Saturday"),
    N_("Sunday"),
)


def role_name(role: Role) -> str:
    return str(gettext(ROLES[role]))


def roles() -> list[SelectChoice]:
    return options((role, gettext(words)) for role, words in ROLES.items())


def territories() -> list[SelectChoice]:
    return options((territory, gettext(words)) for territory, words in TERRITORIES.items())


def scopes() -> list[SelectChoice]:
    return options((scope, gettext(words)) for scope, words in SCOPES.items())


class WeekForm(Form):
    """Opening hours of the week, one line a day with any number of ranges."""

    day_0 = StringField(lazy_gettext("Monday"))
    day_1 = StringField(lazy_gettext("Tuesday"))
    day_2 = StringField(lazy_gettext("Wednesday"))
    day_3 = StringField(lazy_gettext("Thursday"))
    day_4 = StringField(lazy_gettext("Friday"))
    day_5 = StringField(lazy_gettext("Saturday"))
    day_6 = StringField(lazy_gettext("Sunday"))

    def days(self) -> list[StringField]:
        return [self[f"day_{day}"] for day in range(7)]

    def show_week(self, weekly: Mapping[int, tuple[Range, ...]]) -> None:
        for day, field in enumerate(self.days()):
            field.data = format_ranges(weekly.get(day, ()))

    def week(self) -> dict[int, tuple[Range, ...]]:
        """What was typed. Raises Invalid with the day's field."""
        ranges = {
            day: parse_ranges(str(field.data or ""), field=field.name)
            for day, field in enumerate(self.days())
        }
        return {day: each for day, each in ranges.items() if each}
