"""Forms of the session pages."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange

from hub.blueprints.forms import Form, options, required
from hub.core.words import Language

LANGUAGES = options([(Language.FRENCH, "Français"), (Language.ENGLISH, "English")])


class SignInForm(Form):
    email = EmailField(_("Mail address"), [required()])
    password = PasswordField(_("Password"), [required()])


class ForgottenForm(Form):
    email = EmailField(_("Mail address"), [required()])


class ChoosePasswordForm(Form):
    password = PasswordField(_("New password"), [required()])


class PinForm(Form):
    pin = PasswordField(_("PIN"), [required()])


class ProfileForm(Form):
    name = StringField(_("Name"), [required()])
    language = SelectField(_("Language"), choices=LANGUAGES)
    undo_seconds = IntegerField(
        _("Seconds to take a reply back"),
        [
            InputRequired(_("Please give a number of seconds from 0 to 30.")),
            NumberRange(0, 30, _("Please give a number of seconds from 0 to 30.")),
        ],
    )
    has_shortcuts = BooleanField(_("Use keyboard shortcuts"))
    has_sound = BooleanField(_("Play a short tone when a customer begins to wait"))


class OwnPinForm(Form):
    pin = PasswordField(_("New PIN"))
    pin_password = PasswordField(_("Your password"), [required()])


class OwnPasswordForm(Form):
    current = PasswordField(_("Current password"), [required()])
    password = PasswordField(_("New password"), [required()])
