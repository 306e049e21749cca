"""Logging in: who is let in, who is not, and what can be learnt from trying."""

from __future__ import annotations

import pyotp
import pytest

from db.people_types import Role
from service.accounts import PER_LOGIN
from tests.service.api.world import PASSWORD, World


def test_a_token_says_who_one_is(world: World) -> None:
    """From logging in until logging out."""
    header = world.as_(Role.COLLECTOR)
    me = world.client.get("/v1/session", headers=header).json()
    assert (me["login"], me["station"], me["collector"]) == ("collector", "南昌西", "0107")
    assert me["roles"] == [{"role": "collector", "station": "南昌西", "team": None}]
    assert world.client.delete("/v1/session", headers=header).status_code == 204
    assert world.client.get("/v1/session", headers=header).status_code == 401


def test_a_cookie_is_out_of_reach_of_scripts_and_other_sites(world: World) -> None:
    """HttpOnly, SameSite=Strict, and Secure where the connection is."""
    login = world.person(Role.MONITOR)
    body = {"login": login, "password": PASSWORD}
    answer = world.client.post("/v1/session", json=body)
    cookie = answer.headers["set-cookie"].lower()
    assert answer.json()["token"] is None
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    assert world.client.get("/v1/session").status_code == 200
    elsewhere = {"Sec-Fetch-Site": "same-site"}
    assert world.client.delete("/v1/session", headers=elsewhere).status_code == 403
    assert world.client.delete("/v1/session").status_code == 204
    secure = world.client.post("https://testserver/v1/session", json=body)
    assert "secure" in secure.headers["set-cookie"].lower()


def test_only_a_hash_of_the_token_is_kept(world: World) -> None:
    """Who reads the database is nobody's session."""
    token = world.as_(Role.MONITOR)["Authorization"].split()[1]
    with world.services.database.reading() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM session").fetchall()
    assert len(rows) == 1
    assert token not in str(rows)


@pytest.mark.parametrize("hours", [1, 12])
def test_a_session_ends(world: World, hours: int) -> None:
    """An hour after it was last used, and after twelve hours however much it was."""
    header = world.as_(Role.MONITOR)
    if hours == 12:
        for _ in range(12):
            world.clock.pass_(minutes=59)
            assert world.client.get("/v1/session", headers=header).status_code == 200
    world.clock.pass_(minutes=59)
    last = world.client.get("/v1/session", headers=header).status_code
    assert last == (401 if hours == 12 else 200)
    world.clock.pass_(minutes=60)
    assert world.client.get("/v1/session", headers=header).status_code == 401


def test_a_login_that_is_not_is_refused_as_one_that_is(world: World) -> None:
    """In the same words, and after as many attempts: nobody learns who has an account."""
    world.person(Role.MONITOR, "li.hua")
    answers = []
    for login in ("li.hua", "nobody"):
        body = {"login": login, "password": "wrong"}
        tries = [world.client.post("/v1/session", json=body) for _ in range(PER_LOGIN + 1)]
        answers.append([(t.status_code, t.json(), t.headers.get("retry-after")) for t in tries])
    assert answers[0] == answers[1]
    assert [status for status, *_ in answers[0]] == [401] * PER_LOGIN + [429]


def test_the_right_password_does_not_unlock(world: World) -> None:
    """Until the first attempts are a quarter of an hour old; being refused does not prolong it."""
    login = world.person(Role.MONITOR)
    wrong, right = ({"login": login, "password": p} for p in ("wrong", PASSWORD))
    for _ in range(PER_LOGIN):
        world.client.post("/v1/session", json=wrong)
    world.clock.pass_(minutes=14)
    refused = world.client.post("/v1/session", json=right)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    world.clock.pass_(minutes=1)
    assert world.client.post("/v1/session", json=right).status_code == 201


def test_an_address_that_tries_many_logins_is_locked_out(world: World) -> None:
    """One guess for each of many names is guessing too; others can still log in."""
    login = world.person(Role.MONITOR)
    for number in range(50):
        body = {"login": f"name{number}", "password": "password1234"}
        assert world.client.post("/v1/session", json=body).status_code == 401
    body = {"login": login, "password": PASSWORD}
    assert world.client.post("/v1/session", json=body).status_code == 429
    assert world.services.accounts.log_in(login, PASSWORD, None, "elsewhere").token


def test_a_one_time_code_is_taken_once(world: World) -> None:
    """Seen over a shoulder, it is of no use; without one the password is not enough."""
    header = world.as_(Role.SUPERVISOR)
    factor = "/v1/session/second-factor"
    proposed = world.client.post(factor, json={"password": PASSWORD}, headers=header).json()
    totp = pyotp.TOTP(proposed["secret"])
    assert "changshou" in proposed["address"].lower()

    def login(code: str | None) -> int:
        body = {"login": "supervisor", "password": PASSWORD, "code": code}
        return world.client.post("/v1/session", json=body).status_code

    assert login(None) == 201
    code = {"code": totp.at(world.clock())}
    assert world.client.put(factor, json=code, headers=header).status_code == 204
    assert login(None) == 401
    assert login(code["code"]) == 401
    world.clock.pass_(seconds=30)
    code = {"code": totp.at(world.clock())}
    assert login(code["code"]) == 201
    assert login(code["code"]) == 401
    world.clock.pass_(seconds=30)
    drop = {"password": PASSWORD, "code": totp.at(world.clock())}
    assert world.client.post(f"{factor}/drop", json=drop, headers=header).status_code == 204
    assert login(None) == 201


def test_a_new_password_ends_the_other_sessions(world: World) -> None:
    """Whoever had the old one is out; the one who changed it stays."""
    first, second = world.as_(Role.MONITOR), world.as_(Role.MONITOR)
    change = {"old": "not mine at all", "new": "another four 5"}
    path = "/v1/session/password"
    assert world.client.put(path, json=change, headers=first).status_code == 401
    change["old"] = PASSWORD
    for weak in ("short", "a" * 20, "monitor monitor"):
        answer = world.client.put(path, json=change | {"new": weak}, headers=first)
        assert answer.status_code == 400, weak
    assert world.client.put(path, json=change, headers=first).status_code == 204
    assert world.client.get("/v1/session", headers=first).status_code == 200
    assert world.client.get("/v1/session", headers=second).status_code == 401
    assert world.log_in("monitor", "another four 5")


def test_guessing_from_within_a_session_is_locked_too(world: World) -> None:
    """A screen left alone is no place to try passwords."""
    header = world.as_(Role.MONITOR)
    path, body = "/v1/session/password", {"old": "wrong", "new": "another four 5"}
    codes = [
        world.client.put(path, json=body, headers=header).status_code for _ in range(PER_LOGIN + 1)
    ]
    assert codes == [401] * PER_LOGIN + [429]
