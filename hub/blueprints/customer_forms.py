"""Forms of the customer pages."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, EmailField, SelectField, StringField, TelField, TextAreaField
from wtforms.validators import Length, Optional

from hub.blueprints import customer_words as words
from hub.blueprints.forms import Form, required
from hub.blueprints.inbox.words import channel_words
from hub.blueprints.meant import PERSON
from hub.core.words import Channel, Language, Purpose
from hub.customers.actions import CustomerEdit
from hub.customers.queries import CustomerRow
from hub.customers.words import AddressKind, ConsentAction, Title

NAME_LENGTH = 100
TEXT_LENGTH = 500
PURPOSES = (Purpose.PROMOTION, Purpose.NEWSLETTER, Purpose.SURVEY)
KIND_OF = {
    Channel.EMAIL: AddressKind.MAIL,
    Channel.SMS: AddressKind.PHONE,
    Channel.WHATSAPP: AddressKind.PHONE,
}
WORDING_VERSION = "staff-1"
"""The words are the agent's own each time; this names the form in which they were noted."""


class CustomerForm(Form):
    """Everything an agent may correct on a customer; names and addresses are cleaned by the room."""

    title = SelectField(lazy_gettext("Form of address"), validators=[Optional()])
    first_name = StringField(lazy_gettext("First name"), [Length(max=NAME_LENGTH)])
    last_name = StringField(lazy_gettext("Last name"), [Length(max=NAME_LENGTH)])
    company = StringField(lazy_gettext("Company"), [Length(max=NAME_LENGTH)])
    email = EmailField(lazy_gettext("E-mail address"), [Length(max=254)])
    phone = TelField(lazy_gettext("Phone"), [Length(max=40)])
    street = StringField(lazy_gettext("Street"), [Length(max=NAME_LENGTH)])
    town = StringField(lazy_gettext("Town"), [Length(max=NAME_LENGTH)])
    postcode = StringField(lazy_gettext("Post code"), [Length(max=20)])
    country = StringField(lazy_gettext("Country (two letters)"), [required(), Length(max=2)])
    birth_on = DateField(lazy_gettext("Date of birth"), [Optional()])
    language = SelectField(lazy_gettext("Language of our messages"))
    meant = PERSON

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        self.title.choices = [("", "–"), *((title.value, words.title_words(title)) for title in Title)]
        self.language.choices = [(language.value, words.language_words(language)) for language in Language]

    def edit(self) -> CustomerEdit:
        """What was typed, for the room."""
        return CustomerEdit(
            title=Title(self.title.data) if self.title.data else None,
            first_name=self.first_name.data or "",
            last_name=self.last_name.data or "",
            birth_on=self.birth_on.data,
            street=self.street.data or "",
            postcode=self.postcode.data or "",
            town=self.town.data or "",
            country=(self.country.data or "").strip().upper(),
            company=self.company.data or "",
            language=Language(self.language.data),
            email=self.email.data or "",
            phone=self.phone.data or "",
        )


def customer_form(customer: CustomerRow, phone: str) -> CustomerForm:
    """The form as the customer is now; what was just posted stays."""
    return CustomerForm(
        title=customer.title.value if customer.title else "",
        first_name=customer.first_name,
        last_name=customer.last_name,
        company=customer.company,
        email=customer.mail or "",
        phone=phone,
        street=customer.street,
        postcode=customer.postcode,
        town=customer.town,
        country=customer.country,
        birth_on=customer.birth_on,
        language=customer.language.value,
    )


class ConsentForm(Form):
    """What the customer said to an agent, with its proof."""

    channel = SelectField(lazy_gettext("Channel"))
    purpose = SelectField(lazy_gettext("What for"))
    action = SelectField(lazy_gettext("The customer says"))
    wording = TextAreaField(
        lazy_gettext("How it was asked and answered"), [required(), Length(max=TEXT_LENGTH)]
    )
    collection_point = StringField(lazy_gettext("Where"), [required(), Length(max=NAME_LENGTH)])

    def __init__(self, *given: Any, **values: Any) -> None:
        super().__init__(*given, **values)
        self.channel.choices = [(channel.value, channel_words(channel)) for channel in KIND_OF]
        self.purpose.choices = [(purpose.value, words.purpose_words(purpose)) for purpose in PURPOSES]
        self.action.choices = [(action.value, words.action_words(action)) for action in ConsentAction]
