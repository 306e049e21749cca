"""Alembic's environment: migrate over the connection, and inside the transaction, of the caller."""

from alembic import context

# Each adds its tables to the base.
from db import (  # noqa: F401
    appeal_tables,
    catalog_tables,
    check_tables,
    clip_tables,
    complaint_tables,
    consequence_tables,
    double_tables,
    drill_tables,
    exam_tables,
    facts_tables,
    inbox_tables,
    keeping_tables,
    ledger_tables,
    live_tables,
    outbox_tables,
    people_tables,
    regrade_tables,
    review_tables,
    training_tables,
)
from db.columns import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=context.config.attributes["version_table"],
    # SQLite cannot alter most of a table in place.
    render_as_batch=True,
)
context.run_migrations()
