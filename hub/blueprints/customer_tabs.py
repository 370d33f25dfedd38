"""The tabs of the customers room: pages of several doors, each for who may enter it."""

from hub.blueprints.access import find_viewer
from hub.blueprints.room_tabs import RoomTab, draw_tabs
from hub.core.text import N_
from hub.staff.words import Permission

TABS = (
    ("customers.list_customers", N_("Customers"), Permission.READ_CUSTOMERS),
    ("segments.list_segments", N_("Segments"), Permission.READ_SEGMENTS),
    ("values.show_stages", N_("Value"), Permission.READ_SEGMENTS),
    ("products.list_products", N_("Products"), Permission.EDIT_CUSTOMERS),
    ("imports.list_imports", N_("Imports"), Permission.EDIT_CUSTOMERS),
    ("duplicates.list_pairs", N_("Duplicates"), Permission.EDIT_CUSTOMERS),
    ("quality.show_report", N_("Data quality"), Permission.EDIT_CUSTOMERS),
    ("properties.list_properties", N_("Properties"), Permission.EDIT_SEGMENTS),
    ("privacy.show_retention", N_("Privacy"), Permission.KEEP_PRIVACY),
)


def room_of_customers() -> list[RoomTab]:
    """The pages of the customers room the signed-in person may open."""
    person = find_viewer()
    return draw_tabs(
        (endpoint, label) for endpoint, label, permission in TABS if person and person.may(permission)
    )
