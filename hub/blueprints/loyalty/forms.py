"""Forms of the promo codes."""

from decimal import Decimal, InvalidOperation

from flask_babel import lazy_gettext
from wtforms import BooleanField, FileField, SelectField, StringField, TextAreaField

from hub.blueprints.forms import Form, options, required
from hub.blueprints.loyalty.base import kind_words
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.loyalty.words import PoolKind


class PoolForm(Form):
    """A pool. The kind and a shared code are asked once, when it is made."""

    name = StringField(lazy_gettext("Name"), [required()])
    kind = SelectField(lazy_gettext("Codes"))
    shared_code = StringField(
        lazy_gettext("The shared code"), description=lazy_gettext("Only when everybody gets the same code.")
    )
    discount_percent = StringField(lazy_gettext("Percentage off"))
    discount_amount = StringField(
        lazy_gettext("Amount off"), description=lazy_gettext("Either a percentage or an amount.")
    )
    starts_on = StringField(lazy_gettext("First day"), [required()])
    ends_on = StringField(lazy_gettext("Last day"), [required()])
    valid_days = StringField(
        lazy_gettext("Days of validity after it was given"),
        description=lazy_gettext("Empty: until the last day."),
    )
    is_single_use = BooleanField(lazy_gettext("Each customer may use it once"), default=True)
    alert_below = StringField(
        lazy_gettext("Tell us when fewer codes are left than"), [required()], default="100"
    )

    def offer(self) -> None:
        self.kind.choices = options((each, kind_words(each)) for each in PoolKind)


class GenerateForm(Form):
    """Codes drawn at random."""

    count = StringField(lazy_gettext("How many"), [required()])
    prefix = StringField(
        lazy_gettext("They begin with"), description=lazy_gettext("Letters and digits, for example MERCI.")
    )


class ListForm(Form):
    """Codes that another system made."""

    codes = TextAreaField(lazy_gettext("One code a line"))
    file = FileField(lazy_gettext("Or a CSV file whose first column holds the codes"))


def read_number(text: str | None, field: str) -> int | None:
    """A whole number; None when it is empty. Raises Invalid."""
    plain = (text or "").replace("\u202f", "").replace("\xa0", "").replace(" ", "").rstrip("%")
    if not plain:
        return None
    if not plain.isdecimal() or len(plain) > 9:  # noqa: PLR2004 - a billion codes is a typing error
        raise Invalid(N_("Please give a whole number."), field=field)
    return int(plain)


def read_cents(text: str | None, field: str) -> int | None:
    """An amount as French or English people write it, in cents; None when it is empty. Raises Invalid."""
    plain = (
        (text or "").replace("\u202f", "").replace("\xa0", "").replace(" ", "").strip("€").replace(",", ".")
    )
    if not plain:
        return None
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation:
        cents = Decimal("NaN")
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > 10**9:
        raise Invalid(N_("Please give an amount, for example 5.00."), field=field)
    return int(cents)
