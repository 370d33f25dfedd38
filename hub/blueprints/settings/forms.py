"""Forms of the settings pages."""

from collections.abc import Collection

from flask_babel import get_locale, gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from hub.blueprints.forms import CheckboxesField, Form, ids, options, required
from hub.blueprints.session.forms import LANGUAGES
from hub.blueprints.words import WeekForm, roles, scopes, territories
from hub.core.words import Language
from hub.reasons.queries import list_reasons
from hub.staff.actions import Person
from hub.staff.queries import list_agents
from hub.staff.words import Role
from hub.stores.actions import ChainDetails, StoreDetails
from hub.stores.forms import TIME_ZONES
from hub.stores.queries import list_regions, list_stores
from hub.stores.words import Territory

CURRENCIES = options([("EUR", "EUR"), ("CHF", "CHF")])
MOST_KEY_OWNERS = 500
DEEPEST_PARENT = 2


def _zones() -> list[str]:
    return sorted(set(TIME_ZONES.values()))


class ChainForm(Form):
    name = StringField(_("Name of the chain"), [required()])
    language = SelectField(_("Language of the chain"), choices=LANGUAGES)
    time_zone = SelectField(_("Time zone of the head office"))
    currency = SelectField(_("Currency"), choices=CURRENCIES)
    sender_name = StringField(_("Name customers read"), [required()])
    sender_address = EmailField(_("Address customers read"), [required()])
    website_url = StringField(_("Website"))
    review_url = StringField(_("Page where customers leave a review"))
    social_links = TextAreaField(_("Social profiles"))

    def offer(self) -> None:
        self.time_zone.choices = options((zone, zone) for zone in _zones())

    def details(self) -> ChainDetails:
        return ChainDetails(
            name=str(self.name.data),
            language=Language(self.language.data),
            time_zone=str(self.time_zone.data),
            currency=str(self.currency.data),
            website_url=str(self.website_url.data or ""),
            review_url=str(self.review_url.data or ""),
            social_links=str(self.social_links.data or "").split(),
        )


class StoreForm(WeekForm):
    name = StringField(_("Name of the store"), [required()])
    code = StringField(_("Code in your shop system"), [required()])
    street = StringField(_("Street"))
    postcode = StringField(_("Post code"))
    town = StringField(_("Town"))
    phone = StringField(_("Phone"))
    region_id = SelectField(_("Region"), default="")
    territory = SelectField(_("Territory"))
    time_zone = SelectField(_("Time zone"), default="")
    mailbox = StringField(_("Mailbox of the store"))
    slug = StringField(_("Public page"))

    def offer(self) -> None:
        self.region_id.choices = options(
            [("", gettext("No region")), *((row.id, row.name) for row in list_regions())]
        )
        self.territory.choices = territories()
        self.time_zone.choices = options(
            [("", gettext("As the territory")), *((zone, zone) for zone in _zones())]
        )

    def details(self) -> StoreDetails:
        return StoreDetails(
            code=str(self.code.data),
            name=str(self.name.data),
            slug=str(self.slug.data or ""),
            mailbox=str(self.mailbox.data or ""),
            region_id=next(iter(ids([self.region_id.data])), None),
            territory=Territory(self.territory.data),
            time_zone=str(self.time_zone.data or ""),
            street=str(self.street.data or ""),
            postcode=str(self.postcode.data or ""),
            town=str(self.town.data or ""),
            phone=str(self.phone.data or ""),
            weekly=self.week(),
        )


class DayForm(Form):
    day_on = DateField(_("Date"), [InputRequired(_("Please give a date."))])
    ranges = StringField(_("Hours of that day"))
    note = StringField(_("Note"))


class RegionForm(Form):
    name = StringField(_("Name of the region"), [required()])
    store_ids = CheckboxesField(_("Stores of the region"))

    def offer(self) -> None:
        self.store_ids.choices = options((row.id, row.name) for row in list_stores())

    def chosen(self) -> tuple[int, ...]:
        return ids(self.store_ids.data or ())


class RegionPropertyForm(Form):
    key = StringField(_("Word"), [required()])
    value = StringField(_("Value"), [required()])
    expires_hours = IntegerField(_("For how many hours"), [Optional()])


class PersonForm(Form):
    name = StringField(_("Name"), [required()])
    email = EmailField(_("Mail address"), [required()])
    role = SelectField(_("Role"))
    language = SelectField(_("Language"), choices=LANGUAGES)
    store_ids = CheckboxesField(_("Stores"))
    region_ids = CheckboxesField(_("Regions"))

    def offer(self) -> None:
        self.role.choices = roles()
        self.store_ids.choices = options((row.id, row.name) for row in list_stores())
        self.region_ids.choices = options((row.id, row.name) for row in list_regions())

    def person(self, kept_store_ids: Collection[int] = ()) -> Person:
        """What was typed; retired stores that the person belongs to are not offered, and stay."""
        offered = {int(choice.value) for choice in self.store_ids.choices}
        kept = tuple(store_id for store_id in kept_store_ids if store_id not in offered)
        return Person(
            email=str(self.email.data),
            name=str(self.name.data),
            role=Role(self.role.data),
            language=Language(self.language.data),
            store_ids=(*ids(self.store_ids.data or ()), *kept),
            region_ids=ids(self.region_ids.data or ()),
        )


class ReasonForm(Form):
    parent_id = SelectField(_("Below"), default="")
    name_fr = StringField(_("Name in French"), [required()])
    name_en = StringField(_("Name in English"), [required()])
    is_grievance = BooleanField(
        _("This is a grievance: promotion and surveys pause while the ticket is open")
    )

    def offer(self) -> None:
        language = str(get_locale())
        above = [row for row in list_reasons() if row.depth <= DEEPEST_PARENT]
        self.parent_id.choices = options(
            [("", gettext("At the top")), *((row.id, row.path(language)) for row in above)]
        )


class KeyForm(Form):
    name = StringField(_("What the key is for"), [required()])
    scopes = CheckboxesField(_("Rights"))
    agent_id = SelectField(_("Acts for"), default="")

    def offer(self) -> None:
        people = list_agents(size=MOST_KEY_OWNERS).rows
        self.scopes.choices = scopes()
        self.agent_id.choices = options(
            [("", gettext("Nobody")), *((row.id, f"{row.name} ({row.email})") for row in people)]
        )
