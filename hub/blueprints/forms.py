"""Forms: what a room refuses is said beside the field it is about."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectMultipleField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from hub.blueprints.errors import sentence_of
from hub.blueprints.meant import Meant
from hub.blueprints.row_ids import read_ids
from hub.core.db import transaction
from hub.core.errors import Conflict, HubError, Invalid


class Form(FlaskForm):
    """A form of a page. `meant` names the fields that are asked about when something else was probably meant."""

    meant: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *given: Any, **values: Any) -> None:
        parent: Any = super()
        parent.__init__(*given, **values)

    def is_sent(self) -> bool:
        """Whether this request posts the form and its fields are well formed."""
        me: Any = self
        return bool(me.validate_on_submit())

    @property
    def status(self) -> int:
        """422 when a form comes back for correction."""
        return 422 if request.method == "POST" else 200

    def is_settled(self) -> bool:
        """Whether the form is well formed, and nothing in it is asked about; a suggestion that was pressed is taken."""
        if self.meant and request.method == "POST":
            Meant(self.meant).take(self._fields)
        return self.is_sent() and not self.asks()

    def asks(self) -> bool:
        """Whether the form comes back once, with "did you mean" beside the fields it is about."""
        return bool(self.meant) and Meant(self.meant).ask(self._fields)

    def refuse(self, error: HubError) -> None:
        """Put the room's sentence beside its field, or above the form when it is about none of them."""
        self.point_out(error.field, sentence_of(error))

    def point_out(self, name: str | None, sentence: str) -> None:
        item = self._fields.get(name or "")
        if item is None:
            flash(sentence, "error")
        else:
            item.errors = [*item.errors, sentence]

    def does(self, act: Callable[[], object]) -> bool:
        """Validate, then let the room act in one transaction; False when the form must be shown again."""
        if not self.is_settled():
            return False
        try:
            with transaction():
                act()
        except (Invalid, Conflict) as error:
            self.refuse(error)
            return False
        return True


class CheckboxesField(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget: Any = ListWidget(prefix_label=False)
    option_widget: Any = CheckboxInput()

    def __init__(self, label: Any, **values: Any) -> None:
        parent: Any = super()
        parent.__init__(label, **values)
        self.type = SelectMultipleField.__name__  # what the page draws: a group of choices with a legend


def required() -> DataRequired:
    return DataRequired(lazy_gettext("Please fill in this field."))


def closed_sentence(wait_seconds: int) -> str:
    """How long a door stays closed after too many failures, in whole minutes."""
    minutes = max(1, -(-wait_seconds // 60))
    return str(
        gettext("Too many attempts. Please wait %(minutes)s min before the next one.", minutes=minutes)
    )


def options(pairs: Iterable[tuple[Any, str]]) -> list[SelectChoice]:
    """The options of a select from values and words."""
    return [SelectChoice(str(value), label) for value, label in pairs]


def ids(values: Iterable[Any]) -> tuple[int, ...]:
    """Ids chosen in a select; an empty choice is none."""
    return tuple(read_ids(str(value) for value in values))
