"""A vehicle's evidence: of one grading, with what it was held against and what the ledger says."""

from __future__ import annotations

from sqlalchemy import update

from db import tables
from db.people_types import Role
from db.store import Store
from phrases.types import Versions
from tests.db import samples
from tests.service.api.world import World


def test_all_of_it_is_of_one_grading(world: World) -> None:
    """The vehicle is the report's, and the proof is of the entry that states it."""
    header = world.as_(Role.SUPERVISOR)
    shift = world.client.get("/v1/shifts", headers=header).json()["items"][0]["id"]
    found = world.client.get(f"/v1/shifts/{shift}/vehicles/0/evidence", headers=header).json()
    report = world.client.get(f"/v1/shifts/{shift}/report", headers=header).json()
    assert found["shift"] == report["shift"]
    assert found["vehicle"] == report["transactions"][0] | {"position": 0}
    assert found["utterances"] == report["utterances"]
    assert found["proof"]["holds"]
    assert found["bars"] is None
    assert (
        world.client.get(f"/v1/shifts/{shift}/vehicles/9/evidence", headers=header).status_code
        == 404
    )


def test_the_bars_are_those_that_it_was_graded_by(world: World) -> None:
    """They are told only where the thresholds in use are the grading's."""
    header = world.as_(Role.SUPERVISOR)
    known = world.services.known
    with Store(world.services.database.writer, samples.SIGNER) as unit:
        own: Versions = known.versions("m1")
        report = samples.report(versions=own)
        shift = samples.identity(booth="9").shift_id
        unit.save(samples.identity(booth="9"), samples.recording("by these"), report)
        unit.commit()
    found = world.client.get(f"/v1/shifts/{shift}/vehicles/0/evidence", headers=header).json()
    assert found["bars"]["accept"] == {"flow.received": known.thresholds.bar("flow.received")}
    assert found["bars"]["unsure"] == known.thresholds.unsure


def test_a_change_behind_the_programs_back_is_told(world: World) -> None:
    """The card says that it does not hold; it is shown all the same."""
    header = world.as_(Role.SUPERVISOR)
    shift = world.client.get("/v1/shifts", headers=header).json()["items"][0]["id"]
    with world.services.database.writing() as connection:
        connection.execute(update(tables.Vehicle).values(day="another"))
    found = world.client.get(f"/v1/shifts/{shift}/vehicles/0/evidence", headers=header).json()
    assert not found["proof"]["stated"]
    assert not found["proof"]["holds"]
    assert found["proof"]["included"]
