"""Figures for Prometheus: there for anybody, and nothing of anybody in them."""

from __future__ import annotations

import re

from service.listen import State
from service.live_ears import Ears
from tests.service.api.world import World


def test_figures_are_prometheus_text(world: World) -> None:
    """Checks, room and backlog, without logging in."""
    answer = world.client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    text = answer.text
    assert 'changshou_check{check="database"} 1.0' in text
    assert re.search(r"^changshou_disk_free_bytes [0-9.e+]+$", text, flags=re.M)
    assert re.search(r"^changshou_outbox_waiting \d+\.0$", text, flags=re.M)
    assert re.search(r"^process_resident_memory_bytes ", text, flags=re.M)


def test_requests_are_counted_by_route_and_not_by_address(world: World) -> None:
    """An address may hold a collector's id, and anybody could fill the memory with addresses."""
    world.client.get("/healthz")
    world.client.get("/v1/secret-Z0147")
    world.client.request("TRACEZ0147", "/v1/secret-Z0147")
    text = world.client.get("/metrics").text
    counted = 'changshou_request_seconds_count{method="GET",route="/healthz",status="200"} 1.0'
    assert counted in text
    assert 'route="none",status="404"' in text
    assert "Z0147" not in text


def test_health_names_each_check(world: World) -> None:
    """All pass here; the state is that of the worst."""
    answer = world.client.get("/healthz")
    assert answer.json() == {
        "state": "ok",
        "checks": {"database": "ok", "disk": "ok", "clock": "ok", "outbox": "ok"},
        "problems": {},
    }


def test_a_booth_that_is_deaf_says_so(world: World) -> None:
    """To whoever watches it, with what to do; once it is heard, all is well."""
    world.services.door.ears = Ears(model="m1")
    answer = world.client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["microphone"] == "failing"
    assert "changshou devices" in answer.json()["problems"]["microphone"]
    assert 'changshou_check{check="microphone"} 0.0' in world.client.get("/metrics").text
    world.services.door.ears.take(State(trouble=None, at=world.clock()))
    assert world.client.get("/healthz").status_code == 200
    assert "changshou_behind_seconds 0.0" in world.client.get("/metrics").text
