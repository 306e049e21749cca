"""Every error has one form, says what to do, and repeats nothing of the request."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from db.people_types import Role
from service.api.app import create_app
from service.api.body import USUAL
from service.api.problems import MEDIA_TYPE
from tests.service.api.world import World

SECRET = "赣A12345"


def check(answer: object, status: int, said: str) -> dict[str, object]:
    """The problem, after what holds for all of them."""
    assert answer.status_code == status, answer.text  # type: ignore[attr-defined]
    assert answer.headers["content-type"] == MEDIA_TYPE  # type: ignore[attr-defined]
    problem: dict[str, object] = answer.json()  # type: ignore[attr-defined]
    assert problem["status"] == status
    assert set(problem) == {"type", "title", "status", "detail", "faults"}
    assert said in str(problem["detail"])
    assert SECRET not in answer.text  # type: ignore[attr-defined]
    return problem


def test_an_address_or_method_that_is_not(world: World) -> None:
    """404 and 405 as everything else."""
    check(world.client.get(f"/v1/{SECRET}"), 404, "nothing at this address")
    refused = world.client.put("/v1/session")
    check(refused, 405, "does not take this method")
    assert refused.headers["allow"]


def test_what_does_not_fit_is_named_but_not_repeated(world: World) -> None:
    """The place of each fault and what would fit."""
    answer = world.client.post("/v1/session", json={"login": 5, "password": SECRET * 100})
    problem = check(answer, 422, "body.login: Input should be a valid string")
    assert [f["where"] for f in problem["faults"]] == ["body.login", "body.password"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        (b"{", 422, "body: is not valid JSON at character 1"),
        (b"", 422, "body: Field required"),
        (b"\xff\xfe", 422, "body: is not valid JSON"),
        (b"\xff\xff{}", 400, "send JSON in UTF-8"),
        (b"[" * 100_000, 400, "send JSON in UTF-8"),
        (b'{"login": ' + b"9" * 10_000 + b"}", 400, "send JSON in UTF-8"),
        (b'{"login": "\\ud800", "password": "x"}', 422, "body.login"),
        (b'{"\\ud800": 1, "login": "a", "password": "x"}', 422, "body: "),
        (b'{"login": 1e400, "password": "x"}', 422, "body.login"),
        (b'{"login": "a\\u0000b", "password": "\\u0000"}', 401, "is wrong"),
        (b"null", 422, "body"),
    ],
)
def test_a_body_that_makes_no_sense(world: World, raw: bytes, status: int, said: str) -> None:
    """NUL, half characters, huge numbers, depth, and what is no JSON."""
    headers = {"Content-Type": "application/json"}
    check(world.client.post("/v1/session", content=raw, headers=headers), status, said)


def test_a_body_of_another_kind_is_not_read(world: World) -> None:
    """A form of another site's page cannot log anybody in."""
    answer = world.client.post("/v1/session", data={"login": "a", "password": "b"})
    check(answer, 422, "body")


def test_a_large_body_is_refused_without_reading_it(world: World) -> None:
    """By the length that it announces, or as soon as more has come."""
    read = 0

    def body() -> Iterator[bytes]:
        nonlocal read
        for _ in range(50):
            read += 1
            yield b" " * 1024 * 1024

    announced = {"Content-Length": str(50 * 1024 * 1024), "Content-Type": "application/json"}
    answer = world.client.post("/v1/session", content=b"{}", headers=announced)
    check(answer, 413, f"larger than {USUAL // 1024} KiB")
    assert answer.headers["connection"] == "close"
    answer = world.client.post(
        "/v1/session", content=body(), headers={"Content-Type": "application/json"}
    )
    check(answer, 413, "larger than")


def test_a_breakdown_tells_nothing_of_the_inside(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says where, neither log nor answer what it was about."""
    app = create_app(world.services)

    @app.get("/break")
    def broken() -> None:
        raise ValueError(SECRET)

    with TestClient(app) as client, caplog.at_level(logging.INFO):
        check(client.get("/break"), 500, "the server broke down")
    assert "ValueError at test_problems.py:" in caplog.text
    assert SECRET not in caplog.text


def test_a_database_that_is_gone_is_no_breakdown(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asks is told to try again; where the database is stands in the log."""
    header = world.as_(Role.MONITOR)
    world.services.database.writer.dispose()
    body = {"login": "a", "password": "b"}
    answer = world.client.post("/v1/session", json=body, headers=header)
    problem = check(answer, 503, "try again")
    assert "c.db" not in str(problem)
    assert "c.db" in caplog.text


def test_no_answer_is_kept_by_browsers(world: World) -> None:
    """Results are personal."""
    answer = world.client.get("/healthz")
    assert (answer.status_code, answer.json()["state"]) == (200, "ok")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_without_the_permission(world: World) -> None:
    """401 for nobody, 403 for somebody who may not."""
    answer = world.client.get("/v1/session")
    check(answer, 401, "nobody is logged in")
    assert answer.headers["www-authenticate"] == "Bearer"
    check(world.client.get("/v1/session", headers={"Authorization": "Bearer x"}), 401, "nobody")
