"""The part of an article's form that says whose it is, where it applies and when it is read again."""

from typing import Any

from flask_babel import lazy_gettext
from wtforms import DateField, SelectField, StringField
from wtforms.validators import Optional

from hub.blueprints.forms import CheckboxesField, Form, ids, options
from hub.blueprints.knowledge.base import reason_choices
from hub.knowledge.scoping import ArticleScope
from hub.orders.products.rules import read_skus
from hub.staff.queries import get_agents, list_agents_with
from hub.staff.words import Permission
from hub.stores.queries import list_stores


class ScopeForm(Form):
    """`given` turns the scope of an article into the fields of this form."""

    owner_id = SelectField(lazy_gettext("Owner"))
    review_on = DateField(
        lazy_gettext("To be read again on"),
        [Optional()],
        description=lazy_gettext("The owner is told by mail on that day."),
    )
    more_reason_ids = CheckboxesField(lazy_gettext("Other contact reasons it answers"))
    store_ids = CheckboxesField(
        lazy_gettext("Stores it applies to"),
        description=lazy_gettext("None chosen: all stores. It is not suggested on tickets of other stores."),
    )
    skus = StringField(
        lazy_gettext("Products it speaks of"),
        description=lazy_gettext("Their references, parted by commas."),
    )

    @staticmethod
    def given(scope: ArticleScope) -> dict[str, Any]:
        return {
            "owner_id": str(scope.owner_id or ""),
            "review_on": scope.review_on,
            "more_reason_ids": [str(each) for each in scope.more_reason_ids],
            "store_ids": [str(each) for each in scope.store_ids],
            "skus": ", ".join(scope.skus),
        }

    def offer_scope(self, scope: ArticleScope) -> None:
        """An owner and stores that are not there any more stay in the list while they are chosen."""
        people = {row.id: row.name for row in list_agents_with(Permission.EDIT_KNOWLEDGE)}
        if scope.owner_id and scope.owner_id not in people:
            people |= {row.id: row.name for row in get_agents([scope.owner_id]).values()}
        self.owner_id.choices = options([("", "–"), *people.items()])
        self.more_reason_ids.choices = options(reason_choices()[1:])
        kept = set(scope.store_ids)
        stores = [row for row in list_stores(is_active=None) if row.is_active or row.id in kept]
        self.store_ids.choices = options((row.id, row.name) for row in stores)

    def scope(self) -> ArticleScope:
        return ArticleScope(
            owner_id=next(iter(ids([self.owner_id.data])), None),
            more_reason_ids=ids(self.more_reason_ids.data or ()),
            skus=tuple(dict.fromkeys(read_skus(self.skus.data or ""))),
            store_ids=ids(self.store_ids.data or ()),
            review_on=self.review_on.data,
        )
