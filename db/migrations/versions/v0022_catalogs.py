"""Catalogs that a station edits: drafts, versions and what is in use are only added to.

There is no way down: it would delete what is kept.
"""

import sqlalchemy as sa

from db.migrations.making import add_only, create, number, text, time

revision = "0022"
down_revision: str | None = "0021"


def upgrade() -> None:
    """Create the tables, and hold that what was written stays."""
    create(
        "catalog_draft",
        number("number"),
        time("at"),
        number("person_id", nullable=True),
        text("files"),
        key=("number",),
        to={"person_id": "person"},
    )
    create(
        "catalog_version",
        number("id"),
        time("at"),
        number("person_id", nullable=True),
        *(text(name) for name in ("note", "files", "catalog")),
        to={"person_id": "person"},
    )
    create(
        "catalog_use",
        number("number"),
        time("at"),
        *(number(name, nullable=True) for name in ("person_id", "version_id")),
        text("reason"),
        key=("number",),
        to={"person_id": "person", "version_id": "catalog_version"},
    )
    create(
        "catalog_replay",
        *(number(name) for name in ("id", "draft")),
        time("at"),
        number("person_id", nullable=True),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("since", "until")),
        *(number(name) for name in ("shifts", "done")),
        time("ended_at", nullable=True),
        *(text(name) for name in ("result", "problem")),
        to={"person_id": "person"},
        elsewhere=((("draft",), "catalog_draft", ("number",)),),
    )
    for table in ("catalog_draft", "catalog_version", "catalog_use"):
        add_only(table)
