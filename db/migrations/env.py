"""Alembic's environment: migrate over the connection, and inside the transaction, of the caller."""

from alembic import context

from db import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.Grading.metadata,
    version_table=context.config.attributes["version_table"],
    # SQLite cannot alter most of a table in place.
    render_as_batch=True,
)
context.run_migrations()
