"""The tables of the catalogs that a station edits: drafts, versions, which is in use, and replays.

Rows are only ever added, which triggers hold, but for how far a replay is. A draft is changed by
adding its next number, so of two who change it at once one is told.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base


class CatalogDraft(Base):
    """What somebody is writing."""

    __tablename__ = "catalog_draft"
    number: Mapped[int] = mapped_column(primary_key=True)
    """from 1; the last is the draft"""
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """NULL: from the machine itself"""
    files: Mapped[str]
    """JSON: name to the text of a TOML file"""


class CatalogVersion(Base):
    """Files that were published, as they were."""

    __tablename__ = "catalog_version"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str]
    """why"""
    files: Mapped[str]
    """JSON: name to the text of a TOML file"""
    catalog: Mapped[str]
    """the version that results are stamped with"""


class CatalogUse(Base):
    """From when on which version is in use; the last row counts."""

    __tablename__ = "catalog_use"
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("catalog_version.id"))
    """NULL: what ships, and the files that the settings name"""
    reason: Mapped[str]


class CatalogReplay(Base):
    """What a draft would change in the results of some days."""

    __tablename__ = "catalog_replay"
    id: Mapped[int] = mapped_column(primary_key=True)
    draft: Mapped[int] = mapped_column(ForeignKey("catalog_draft.number"))
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    since: Mapped[dt.date]
    until: Mapped[dt.date]
    """the day after the last"""
    shifts: Mapped[int]
    done: Mapped[int]
    ended_at: Mapped[dt.datetime | None]
    result: Mapped[str]
    """JSON: what would change so far"""
    problem: Mapped[str]
    """why it could not go on; empty: it did"""
