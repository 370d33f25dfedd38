"""Products: the list with its search, one product to correct, and a file that brings many."""

from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_decimal, gettext
from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import Optional

from hub.blueprints.access import viewer
from hub.blueprints.forms import Form, required
from hub.blueprints.products.base import blueprint
from hub.core import clock
from hub.core.errors import Invalid
from hub.core.text import N_
from hub.customers.hygiene.files import open_table
from hub.orders.products import actions, queries, rules
from hub.orders.products.queries import ProductRow
from hub.orders.products.rows import ProductsTaken
from hub.orders.products.rules import ProductDetails
from hub.stores.queries import find_chain

MOST_ROWS = 50_000
SHOWN = 20


class ProductForm(Form):
    name = StringField(_("Name"))
    family = StringField(_("Family"))
    range = StringField(_("Range"))
    range_position = IntegerField(_("Place of the range"), validators=[Optional()])
    life_days = IntegerField(_("Life in days"), validators=[Optional()])
    cycle_days = IntegerField(_("Cycle in days"), validators=[Optional()])
    next_sku = StringField(_("Bought next"))
    price = StringField(_("Price"))
    url = StringField(_("Page in the shop"))
    image_url = StringField(_("Picture"))
    complements = StringField(_("Goes with"))
    is_active = BooleanField(_("Is sold"))

    def details(self, sku: str) -> ProductDetails:
        """What was typed. Raises Invalid (field price)."""
        try:
            cents = rules.read_cents(self.price.data or "")
        except rules.UnclearAmountError as error:
            raise Invalid(rules.UNCLEAR, field="price", given=str(error)) from None
        except ValueError:
            raise Invalid(N_("Please give the price as a positive number."), field="price") from None
        return ProductDetails(
            sku=sku,
            name=self.name.data or "",
            family=self.family.data or "",
            range=self.range.data or "",
            range_position=self.range_position.data,
            life_days=self.life_days.data,
            cycle_days=self.cycle_days.data,
            next_sku=self.next_sku.data or "",
            price_cents=cents,
            url=self.url.data or "",
            image_url=self.image_url.data or "",
            is_active=bool(self.is_active.data),
            complements=rules.read_skus(self.complements.data or ""),
        )


class FileForm(Form):
    file = FileField(_("File"), validators=[required()])


@blueprint.get("/")
def list_products() -> ResponseReturnValue:
    return _list(FileForm(formdata=None))


@blueprint.post("/")
def take_file() -> ResponseReturnValue:
    """A file of products: made or brought up to date by sku; what is refused is shown with its row."""
    form, done = FileForm(), list[ProductsTaken]()
    if form.does(lambda: done.append(_take(form.file.data))):
        return _list(FileForm(formdata=None), done[0])
    return _list(form), form.status


@blueprint.get("/<int:product_id>")
def show_product(product_id: int) -> ResponseReturnValue:
    row = queries.get_product(product_id)
    cents = row.price_cents
    given = {name: getattr(row, name) for name in ProductForm.__dict__ if hasattr(row, name)}
    given |= {
        "price": format_decimal(Decimal(cents) / 100, "0.00") if cents is not None else "",
        "complements": ", ".join(row.complements),
        "range_position": None if row.range_position == rules.position_of(row.range) else row.range_position,
    }
    return _product(row, ProductForm(formdata=None, data=given))


@blueprint.post("/<int:product_id>")
def save_product(product_id: int) -> ResponseReturnValue:
    row, form, by = queries.get_product(product_id), ProductForm(), viewer().actor
    if not form.does(
        lambda: actions.edit_product(product_id, form.details(row.sku), by=by, now=clock.business_now())
    ):
        return _product(row, form), form.status
    flash(gettext("Saved."), "ok")
    return redirect(url_for("products.list_products"), 303)


def _take(given: Any) -> ProductsTaken:
    """Read the file from the disk, not from memory. Raises Invalid (field file)."""
    with NamedTemporaryFile() as kept:
        given.save(kept.name)
        table = open_table(Path(kept.name), given.filename or "")
        rows = [
            row
            for _number, row in zip(range(MOST_ROWS + 1), (each for each in table.rows if each), strict=False)
        ]
        if len(rows) > MOST_ROWS:
            raise Invalid(N_("Please give at most %(count)s products a file."), field="file", count=MOST_ROWS)
        return actions.put_product_rows(table.headings, rows, now=clock.business_now())


def _list(form: FileForm, done: ProductsTaken | None = None) -> str:
    search, after = request.args.get("q", "").strip(), request.args.get("after")
    page = queries.list_products(search, after)
    chain = find_chain()
    return render_template(
        "products/list.html",
        form=form,
        done=done,
        refused=[_refused(each) for each in done.refused[:SHOWN]] if done else [],
        rows=page.rows,
        search=search,
        next_key=page.next_key,
        is_later=bool(after),
        currency=chain.currency if chain else "EUR",
    )


def _refused(row: Any) -> dict[str, str]:
    error = row.error
    words = gettext(error.text, **error.values) if error.values else gettext(error.text)
    return {"row": str(row.position + 1), "sku": row.sku, "field": error.field, "reason": words}


def _product(row: ProductRow, form: ProductForm) -> str:
    known = queries.get_products(row.complements)
    return render_template(
        "products/product.html", row=row, form=form, known=known, families=queries.list_families()
    )
