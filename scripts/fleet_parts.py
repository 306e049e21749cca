"""What simulated booths and centres are made of: databases, shifts, keys, processes."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import Engine, func, insert, select

from db import outbox, tables
from db.engine import open_engine, upgrade
from db.inbox_tables import InboxMessage
from db.live import LiveStore
from db.people_tables import Device
from db.seal import Signer, open_signer
from db.shifts import Shifts
from db.store import Store
from db.types import Part, Recording, ShiftIdentity
from db.verify import verify
from phrases.types import (
    Due,
    Finding,
    FindingStatus,
    Lane,
    Outcome,
    Profile,
    Score,
    ShiftReport,
    StepOutcome,
    StepResult,
    TimeSource,
    TransactionVerdict,
    Versions,
)

ROOT = Path(__file__).parent.parent
STATION = "fleet"
START = dt.datetime(2026, 11, 24, tzinfo=dt.UTC)
STEPS = ("greet", "received", "change", "thanks")
START_S = 60.0
"""seconds to wait for a process"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Booth:
    """A simulated booth."""

    name: str
    engine: Engine
    signer: Signer


def verdict(number: int) -> TransactionVerdict:
    """A vehicle of the exit: four steps; of every second one, a finding."""
    missing = number % 2 == 0
    start = number * 20_000
    steps = tuple(
        StepResult(
            step=step,
            mandatory=True,
            outcome=StepOutcome.MISSING if missing and step == "thanks" else StepOutcome.SAID,
            phrase=None if missing and step == "thanks" else f"flow.{step}",
            heard=None if missing and step == "thanks" else "收您五十元",
            score=None if missing and step == "thanks" else 0.97,
            start_ms=start + place * 2_000,
            end_ms=start + place * 2_000 + 1_500,
        )
        for place, step in enumerate(STEPS)
    )
    finding = Finding(
        code="missing.thanks",
        status=FindingStatus.FAULT,
        step="thanks",
        expected="谢谢",
        at_ms=start + 15_000,
        reason="nothing like it was heard",
    )
    return TransactionVerdict(
        start_ms=start,
        end_ms=start + 18_000,
        vehicle=number + 1,
        lane=Lane.EXIT,
        inferred=False,
        outcome=Outcome.FAULT if missing else Outcome.COMPLIANT,
        steps=steps,
        findings=(finding,) if missing else (),
        profile=Profile.NORMAL,
        due=Due(lines=(), clock=("greet.hello",), clock_sure=True, rule_version="2026-11"),
    )


def report(vehicles: int) -> ShiftReport:
    """A shift of so many vehicles."""
    return ShiftReport(
        lane=Lane.EXIT,
        started_at=START,
        time_source=TimeSource.GIVEN,
        duration_ms=vehicles * 20_000,
        listened_ms=vehicles * 20_000,
        gap_ms=0,
        transactions=tuple(verdict(number) for number in range(vehicles)),
        utterances=(),
        gaps=(),
        score=Score(value=87.5, low=80.0, high=95.0),
        versions=Versions(
            program="0", catalog="0", dialogue="0", score_table="0", calendar="0", model="0",
            thresholds="0",
        ),
    )  # fmt: skip


def vehicles(engine: Engine) -> int:
    """How many are stored."""
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(tables.Vehicle)) or 0


def store(booth: Booth, vehicles: int, *, shift: int) -> None:
    """Store one more shift in a booth, for the centre too."""
    identity = ShiftIdentity(
        station=STATION,
        booth=booth.name,
        collector=f"c{shift % 7}",
        started_at=START + dt.timedelta(hours=8 * shift),
    )
    sha256 = hashlib.sha256(f"{booth.name} {shift}".encode()).hexdigest()
    part = Part(name="shift.wav", sha256=sha256, duration_ms=vehicles * 20_000)
    with Store(booth.engine, booth.signer, outbox=True) as unit:
        unit.save(identity, Recording.of((part,)), report(vehicles))
        unit.commit()


class Live:
    """A shift that a booth stores vehicle by vehicle, as it does when it listens."""

    def __init__(self, booth: Booth) -> None:
        self._booth = booth
        self._count = 0
        identity = ShiftIdentity(
            station=STATION, booth=booth.name, collector="c0", started_at=START
        )
        with self._store() as unit:
            self._shift = unit.open_shift(identity, report(0), how="login", from_ms=0)
            unit.commit()

    def add(self) -> None:
        """Store one more vehicle."""
        with self._store() as unit:
            unit.add_vehicle(self._shift, verdict(self._count))
            unit.commit()
        self._count += 1

    def _store(self) -> LiveStore:
        return LiveStore(self._booth.engine, self._booth.signer, outbox=True)


def booth(folder: Path, number: int) -> Booth:
    """A booth with its own database and key, which are made at first."""
    name = f"b{number}"
    engine = open_engine(f"sqlite:///{folder / f'{name}.db'}")
    upgrade(engine)
    return Booth(name=name, engine=engine, signer=open_signer(folder / f"{name}.key"))


def shifts(engine: Engine) -> set[int]:
    """Which shifts are stored."""
    with engine.connect() as connection:
        starts = connection.scalars(select(tables.Shift.started_at)).all()
    return {round((start - START) / dt.timedelta(hours=8)) for start in starts}


def register(centre: Engine, booths: list[Booth]) -> None:
    """Make the booths known to the centre."""
    with centre.begin() as connection:
        shifts = Shifts(connection)
        station = shifts.ensure(tables.Station, code=STATION)
        rows = [
            {
                "booth_id": shifts.ensure(tables.Booth, station_id=station, code=one.name),
                "public_key": one.signer.public_key,
                "registered_at": START,
            }
            for one in booths
        ]
        connection.execute(insert(Device), rows)


def compared(centre: Engine, booths: list[Booth], vehicles: int) -> dict[str, object]:
    """What the centre has against what was put in: rows, distinct keys, chains."""
    with centre.connect() as connection:
        count = select(func.count())
        keys = connection.scalar(count.select_from(InboxMessage)) or 0
        rows = connection.scalar(count.select_from(tables.Vehicle)) or 0
        gradings = connection.scalar(count.select_from(tables.Grading)) or 0
    states = [outbox.backlog(one.engine) for one in booths]
    verified = verify(centre)
    heads = sorted(chain.head for chain in verified.chains)
    return {
        "messages": sum(state.seq for state in states),
        "waiting": sum(state.waiting for state in states),
        "refused": sum(state.refused for state in states),
        "keys": keys,
        "vehicles": vehicles,
        "rows": rows,
        "gradings": gradings,
        "problems": [str(problem) for problem in verified.problems],
        "same_chains": heads
        == sorted(chain.head for one in booths for chain in verify(one.engine).chains),
    }


def whole(found: dict[str, object]) -> bool:
    """Whether all that was put in is there, once, and holds."""
    return (
        found["messages"] == found["keys"]
        and found["vehicles"] == found["rows"]
        and not found["waiting"]
        and not found["refused"]
        and not found["problems"]
        and bool(found["same_chains"])
    )


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "centre.pem", folder / "centre.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def free_port() -> int:
    """A port that nobody has."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def site(folder: Path, url: str) -> Path:
    """The settings of a centre over this database."""
    file = folder / "centre.toml"
    file.write_text(f'[database]\nurl = "{url}"\nseal_key = "ledger.key"\n', encoding="utf-8")
    return file


@contextmanager
def centre(
    settings: Path,
    port: int,
    *,
    tls: tuple[Path, Path] | None = None,
    dies: tuple[float, int] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A centre's process, once it answers."""
    command = [sys.executable, "-m", "scripts.centre_process", str(settings), str(port)]
    command += [] if tls is None else ["--tls", *map(str, tls)]
    command += [] if dies is None else ["--dies", *map(str, dies)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        _answers(process, port)
        yield process
    finally:
        process.kill()
        process.wait()


def _answers(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the centre did not start")
