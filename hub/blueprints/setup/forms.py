"""Forms of the first-run assistant."""

from flask_babel import lazy_gettext as _
from wtforms import EmailField, PasswordField, SelectField, StringField

from hub.blueprints.forms import Form, required
from hub.blueprints.session.forms import LANGUAGES
from hub.blueprints.words import WeekForm, territories


class CodeForm(Form):
    code = StringField(_("Set-up code"), [required()])


class ChainForm(Form):
    name = StringField(_("Name of the chain"), [required()])
    language = SelectField(_("Language of the chain"), choices=LANGUAGES)
    website_url = StringField(_("Website"))
    review_url = StringField(_("Page where customers leave a review"))


class FirstStoreForm(WeekForm):
    name = StringField(_("Name of the store"), [required()])
    code = StringField(_("Code in your shop system"), [required()])
    territory = SelectField(_("Territory"))
    street = StringField(_("Street"))
    postcode = StringField(_("Post code"), [required()])
    town = StringField(_("Town"), [required()])
    phone = StringField(_("Phone"))

    def offer(self) -> None:
        self.territory.choices = territories()


class AdministratorForm(Form):
    name = StringField(_("Your name"), [required()])
    email = EmailField(_("Your mail address"), [required()])
    password = PasswordField(_("Password"), [required()])


class SenderForm(Form):
    sender_name = StringField(_("Name customers read"), [required()])
    sender_address = EmailField(_("Address customers read"), [required()])
