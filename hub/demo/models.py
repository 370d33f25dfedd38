"""The demo's own tables, absent in production: every mail that left, and its log-ins."""

from sqlalchemy import BigInteger, Column, DateTime, Index, LargeBinary, MetaData, Table, Text

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

DEMO_NOTES = Table(
    "demo_notes",
    METADATA,
    Column("id", BigInteger, primary_key=True),
    Column("text", Text, nullable=False),
)
