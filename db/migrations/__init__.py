"""Alembic's environment and the schema's versions, run by `db.engine.upgrade`."""
