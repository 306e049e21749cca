"""The tables of people and rights, of booths' devices, rosters, and of who did what.

A person is never deleted, only disabled and renamed: what they decided stays theirs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from db.columns import Base
from db.people_types import Role


class Person(Base):
    """Who may log in."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    """lower case, NFKC"""
    name: Mapped[str]
    password: Mapped[str]
    """argon2 hash"""
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collector.id"), unique=True)
    totp_secret: Mapped[str | None]
    """base32; NULL: no second factor"""
    totp_confirmed: Mapped[bool]
    """False: the person has yet to show a code made with it"""
    totp_used: Mapped[int] = mapped_column(BigInteger)
    """the last time step whose code was taken; -1: none"""
    disabled_at: Mapped[dt.datetime | None]
    created_at: Mapped[dt.datetime]


class RoleGrant(Base):
    """A role that a person has, and where."""

    __tablename__ = "role_grant"
    __table_args__ = (Index(None, "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[Role]
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    """NULL: every station"""
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))


class Session(Base):
    """A login that has not ended."""

    __tablename__ = "session"
    __table_args__ = (Index(None, "person_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token, which is kept nowhere"""
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[dt.datetime]
    seen_at: Mapped[dt.datetime]
    """to the minute"""
    expires_at: Mapped[dt.datetime]


class LoginFailure(Base):
    """A login that was refused, for a day."""

    __tablename__ = "login_failure"
    __table_args__ = (Index(None, "key", "at"), Index(None, "at"))
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    """hash of the login or of the address: some type their password where the login belongs"""
    at: Mapped[dt.datetime]


class Audit(Base):
    """Who read or decided what; rows are only ever added, which triggers hold."""

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "collector_id", "id"),
        Index(None, "person_id", "id"),
        Index(None, "station_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """NULL: the machine itself or its command line"""
    action: Mapped[str]
    thing: Mapped[str]
    """id of what it was done to"""
    collector_id: Mapped[int | None] = mapped_column(ForeignKey("collector.id"))
    """whom it concerns"""
    station_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    detail: Mapped[Mapping[str, str]]


class Device(Base):
    """A booth's key, with which it signs what it sends."""

    __tablename__ = "device"
    __table_args__ = (Index(None, "booth_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    public_key: Mapped[str] = mapped_column(unique=True)
    """Ed25519, 64 hexadecimal characters"""
    registered_at: Mapped[dt.datetime]
    revoked_at: Mapped[dt.datetime | None]


class Roster(Base):
    """Who should sit where and when."""

    __tablename__ = "roster"
    __table_args__ = (
        Index(None, "booth_id", "starts_at"),
        Index(None, "collector_id", "starts_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    collector_id: Mapped[int] = mapped_column(ForeignKey("collector.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    starts_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]


class Secret(Base):
    """What the servers of one database share, such as what signs the cursors of pages."""

    __tablename__ = "secret"
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    """32 random bytes, hexadecimal"""
