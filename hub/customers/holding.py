"""What the customers room holds of one customer: who he is, how to reach him, what he agreed to, imports, merges."""

from hub.core.personal import Apart, Held, Holding
from hub.core.text import N_
from hub.customers import models, property_models
from hub.customers.duplicates import models as duplicates
from hub.customers.imports import models as imports
from hub.customers.merging import models as merging
from hub.customers.notes import models as notes
from hub.customers.quality import models as quality

MODELS = (
    models,
    property_models,
    duplicates,
    imports,
    merging,
    notes,
    quality,
)
"""Imported, so that the tables below are known to whoever reads this."""
_MINE = "customer_id = ANY(:ids)"
_IMPORTED = "customer_id = ANY(:ids) OR CAST(cells AS text) ~* :pattern"
_ROWS = f"(import_id, row) IN (SELECT import_id, row FROM import_rows WHERE {_IMPORTED})"  # noqa: S608 - our own words
_IMPORTS = f"id IN (SELECT import_id FROM import_rows WHERE {_IMPORTED})"  # noqa: S608 - our own words
_MERGES = "survivor_id = ANY(:ids) OR merged_id = ANY(:ids)"
_OF_MERGES = f"merge_id IN (SELECT id FROM customer_merges WHERE {_MERGES})"  # noqa: S608 - our own words
_PROOF = N_("the proof of a consent, under the keyed hash of the address (GDPR art. 7.1)")

HOLDINGS: tuple[Holding, ...] = (
    Held(
        table="customer_notes",
        title=N_("Notes of the staff"),
        mine=_MINE,
        is_deleted=True,
    ),
    Held(table="quality_changes", title=N_("Repairs"), mine=_MINE, is_deleted=True),
    Held(is_exported=False, table="import_keys", title=N_("Imports: keys"), mine=_ROWS, is_deleted=True),
    Held(
        table="import_findings",
        title=N_("Imports: findings"),
        mine=_ROWS,
        blank=("value", "suggestion", "other"),
        keep={
            "kind": N_("counts of the import's report"),
            "severity": N_("counts of the import's report"),
            "field": N_("counts of the import's report"),
        },
    ),
    Held(
        table="import_effects",
        title=N_("Imports: what changed"),
        mine=_MINE,
        blank=("before", "after", "made", "undo_note"),
    ),
    Held(
        is_exported=False,
        table="customer_imports",
        title=N_("Imports: files"),
        mine=_IMPORTS,
        blank=("samples", "error_values"),
        blank_to={"sha256": "CASE WHEN applied_at IS NULL THEN sha256 END"},
        keep={
            "file_name": N_("a name given by the staff"),
            "digest": N_("tells the same file handed in twice"),
            "headings": N_("titles of columns"),
            "about": N_("form of the file, and keyed hashes of who was erased since it was handed in"),
            "mapping": N_("titles of columns"),
            "choices": N_("evidence of the consents of the file"),
            "learned": N_("frequencies of domains"),
            "counts": N_("counts of the import's report"),
            "undo_counts": N_("counts of the import's report"),
            "error": N_("a sentence of the software, nothing anybody wrote"),
        },
        scrub=("file_name",),
        hidden=("samples", "learned", "headings"),
    ),
    Held(
        table="import_rows",
        title=N_("Imports: rows"),
        mine=_IMPORTED,
        blank=("cells", "edits", "values"),
        keep={"choice": N_("a keyword of the software, nothing anybody wrote")},
    ),
    Held(table="customer_merge_notes", title=N_("Merges: journal"), mine=_OF_MERGES, is_deleted=True),
    Held(
        table="customer_merges",
        title=N_("Merges"),
        mine=_MERGES,
        blank=("reasons", "fields"),
        blank_to={"forgotten_at": "coalesce(forgotten_at, merged_at)"},
    ),
    Held(
        table="customer_pairs",
        title=N_("Possible duplicates"),
        mine="left_id = ANY(:ids) OR right_id = ANY(:ids)",
        is_deleted=True,
    ),
    Held(
        is_exported=False, table="duplicate_keys", title=N_("Duplicates: keys"), mine=_MINE, is_deleted=True
    ),
    Held(
        is_exported=False, table="duplicate_marks", title=N_("Duplicates: marks"), mine=_MINE, is_deleted=True
    ),
    Held(
        table="address_links",
        title=N_("Shared addresses"),
        mine="customer_id = ANY(:ids) OR address_id IN (SELECT id FROM addresses WHERE customer_id = ANY(:ids))",
        is_deleted=True,
    ),
    Held(
        table="consent_entries",
        title=N_("Consents: every statement"),
        mine="address = ANY(:addresses)",
        is_by_room=True,
        blank=("address", "ip", "user_agent", "evidence"),
        keep={
            "theme": _PROOF,
            "wording": _PROOF,
            "wording_version": _PROOF,
            "collection_point": _PROOF,
        },
    ),
    Held(
        table="consent_states",
        title=N_("Consents in force"),
        mine="address = ANY(:addresses)",
        is_by_room=True,
        is_deleted=True,
    ),
    Held(
        table="contact_choices",
        title=N_("How often he wants to be written to"),
        mine="address = ANY(:addresses)",
        is_by_room=True,
        is_deleted=True,
    ),
    Held(
        table="leaving_answers",
        title=N_("Why he left"),
        mine="address_hash = ANY(:hashes)",
        is_by_room=True,
        blank=("address_hash", "remark"),
        hidden=("address_hash",),
    ),
    Held(
        table="optin_requests",
        title=N_("Confirmations asked for"),
        mine="address = ANY(:addresses)",
        is_by_room=True,
        blank=("address", "wishes", "ip", "user_agent"),
        keep={
            "wording_version": _PROOF,
            "collection_point": _PROOF,
        },
    ),
    Held(
        table="suppressions",
        title=N_("Blocked addresses"),
        mine="address_hash = ANY(:hashes)",
        keep={"address_hash": N_("so that nothing is ever sent there again, as a hash nobody can read back")},
        hidden=("address_hash",),
    ),
    Held(
        table="external_ids",
        title=N_("Names in other systems, loyalty card"),
        mine=_MINE,
        is_deleted=True,
    ),
    Held(
        table="addresses",
        title=N_("Addresses"),
        mine=_MINE,
        is_by_room=True,
        is_deleted=True,
    ),
    Held(
        table="customers",
        title=N_("Identity"),
        mine="id = ANY(:ids)",
        blank=(
            "title",
            "first_name",
            "last_name",
            "sort_key",
            "birth_on",
            "street",
            "postcode",
            "town",
            "company",
            "properties",
        ),
        keep={"country": N_("taxes by country: the minimum of an invoice")},
    ),
    Apart(table="import_columns", why="titles of columns, as they were matched"),
    Apart(table="duplicate_runs", why="figures of a job"),
    Apart(table="property_definitions", why="fields the chain defined"),
    Apart(table="property_uses", why="where a field is used"),
    Apart(table="quality_settings", why="settings"),
    Apart(table="quality_audits", why="counts only"),
    Apart(table="quality_repairs", why="counts only"),
    Apart(table="archive_runs", why="counts only"),
)
