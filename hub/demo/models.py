"""The demo's own tables, absent in production: every mail and text that left, and its log-ins."""

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, LargeBinary, MetaData, Table, Text

METADATA = MetaData()

DEMO_MAILS = Table(
    "demo_mails",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("mail_from", Text, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Index("ix_demo_mails_recipient", "recipient", "id"),
)

DEMO_TEXTS = Table(
    "demo_texts",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("sid", Text, nullable=False, unique=True),
    Column("phone", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("is_inbound", Boolean, nullable=False),
    Column("body", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_callback", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Index("ix_demo_texts_phone", "phone", "id"),
)
"""`made_at` is machine time, as a carrier's own; `received_at` is business time, for the page."""

DEMO_NOTES = Table(
    "demo_notes",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("text", Text, nullable=False),
)
