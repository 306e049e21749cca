"""One-time codes as a second factor (TOTP, RFC 6238): six digits that change every 30 seconds."""

from __future__ import annotations

import datetime as dt

import pyotp

STEP_S = 30
"""seconds that a code is shown for"""
SPREAD = 1
"""steps that a telephone's clock may be ahead or behind"""


def new_secret() -> str:
    """Base32, for the person's authenticator and the database."""
    return pyotp.random_base32()


def address(secret: str, login: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="Changshou")


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """The time step whose code this is; None: none near `now` (aware)."""
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_S
    for step in range(max(0, current - SPREAD), current + SPREAD + 1):
        if totp.verify(code, for_time=step * STEP_S):
            return step
    return None
