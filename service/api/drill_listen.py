"""Hear a trainee through a WebSocket: bare samples in, what came of them out.

One connection carries tries one after the other. The first message of a try says what is to be
said, binary messages carry it (16 bits, little-endian, mono, at the rate that was told), and the
last says that it is over; in between its clock may be told. A try that has no end is nobody's: it
is neither judged nor counted. docs/drills.md has the messages.
"""

from __future__ import annotations

import asyncio
import json
import random
import secrets
from contextlib import suppress
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import numpy as np
from fastapi import APIRouter, WebSocket, WebSocketDisconnect
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from audio.take import Resampler
from audio.types import RATE, Samples
from db import drills as kept
from db.drill_types import DrillKind, Judgement, NewAttempt
from phrases.scene import Scene, draw_scene, draw_sum, next_level
from service import drill_english, drill_pace, drill_play_json, drill_sound
from service.api import drills
from service.api.access import COOKIE, Caller
from service.api.drill_models import State
from service.api.problems import Refused
from service.api.wiring import Services
from service.bootstrap import program_version
from service.drill_judge import UNCLEAR
from service.drill_room import Full
from service.drill_sound import PCM
from service.drill_trouble import TOLD, Trouble
from service.drill_vehicle import GivenUp, Left, Play, Shown, as_float, as_pcm
from service.errors import BadInput, Failed
from service.report_json import Json
from service.rights import Permission, reach

PATH = "/v1/drills/listen"
MOST_S = 60.0
"""seconds of sound in one try"""
WAIT_S = 90.0
"""seconds without a message after which the connection is closed"""
SLOWEST, FASTEST = 8_000, 192_000
"""hertz"""
_LARGEST = 1 << 20
_POLL_S = 0.1
_LAST = 5
"""tries of a person among which one that is sent again is looked for"""
_UNKNOWN, _FORBIDDEN, _BAD = 4401, 4403, 4400

router = APIRouter(tags=["drills"])


class Start(BaseModel):
    """What is to be drilled."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    do: Annotated[str, Field(pattern="^(phrase|vehicle|amount|english)$")]
    exercise: Annotated[str, Field(max_length=200)] | None = None
    """of phrase: a key of the deck"""
    phrase: Annotated[str, Field(max_length=200)] | None = None
    """of english"""
    helped: bool = False
    """the model was heard just before"""
    keep: bool = False
    """keep the sound of a phrase after it is judged"""
    rate: Annotated[int, Field(ge=SLOWEST, le=FASTEST)] = RATE
    """hertz of the samples"""
    level: Annotated[int, Field(ge=1, le=99)] = 1
    results: Annotated[list[bool | None], Field(max_length=100)] = []
    """how the last ones went, the newest last; null: not judged"""
    seed: Annotated[int, Field(ge=0, le=2**53)] | None = None
    """of the scene; None: drawn"""


_Ms = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class During(BaseModel):
    """What is said in a try: how its clock goes, and that it is over."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    do: Literal["clock", "end"]
    clock: Annotated[list[tuple[_Ms, _Ms]], Field(max_length=100)] = []
    """milliseconds by the browser's own clock, and of sound by then; all of the try so far"""


@router.websocket(PATH)
async def listen(socket: WebSocket) -> None:
    """Hear tries until the trainee goes."""
    services: Services = socket.app.state.services
    caller = await run_in_threadpool(_who, socket, services)
    await socket.accept()
    if isinstance(caller, int):
        await socket.close(caller)
        return
    line = _Line(socket, services, caller)
    try:
        while True:
            await line.one()
    except (WebSocketDisconnect, TimeoutError):
        return
    except _Nonsense as error:
        await line.tell({"is": "refused", "detail": str(error)})
        await socket.close(_BAD)
    finally:
        line.gone()


class _Nonsense(ValueError):
    """A message that does not belong here."""


class _Line:
    """One connection."""

    def __init__(self, socket: WebSocket, services: Services, caller: Caller) -> None:
        self._socket = socket
        self._services = services
        self._caller = caller
        self._sending = asyncio.Lock()
        self._play: Play | None = None
        self._clock: list[tuple[float, float]] = []

    async def tell(self, what: Json) -> None:
        """Send it."""
        async with self._sending:
            await self._socket.send_text(json.dumps(what, ensure_ascii=False))

    def gone(self) -> None:
        """Nobody is there: what is being played ends, and is not judged."""
        if self._play is not None:
            self._play.done(given_up=True)

    async def one(self) -> None:
        """One try."""
        start = await self._start()
        self._services.room.warm()
        try:
            if start.do == "phrase":
                await self._phrase(start)
            elif start.do == "english":
                await self._english(start)
            else:
                await self._vehicle(start)
        except Full:
            await self._trouble(Trouble.BUSY)
        except (BadInput, Failed) as error:
            await self.tell({"is": "refused", "detail": str(error)})
        except Refused as error:
            await self.tell({"is": "refused", "detail": error.detail})

    async def _phrase(self, start: Start) -> None:
        """A try at a line goes the way of every other: stored, then judged in its turn."""
        services, caller = self._services, self._caller
        key = start.exercise or ""
        kind, exercise, text = await run_in_threadpool(
            drills.asked_for, services, caller, key, None, DrillKind.PHRASE
        )
        await self.tell({"is": "listening", "most_s": MOST_S, "text": text})
        sound = await self._whole(start.rate)
        if sound is None:
            return
        body = as_pcm(sound)
        attempt = await run_in_threadpool(self._sent_before, text, body)
        if attempt is None:
            new = (kind, exercise, text, start.helped)
            attempt = await run_in_threadpool(
                drills.taken, services, caller, new, body, f"{PCM};rate={RATE}", start.keep
            )
        ahead = None
        while True:
            found = await run_in_threadpool(drills.answer, services, caller, attempt)
            if found.state is not State.WAITING:
                break
            if found.ahead != ahead:
                ahead = found.ahead
                await self.tell({"is": "waiting", "ahead": ahead, "about_s": found.about_s})
            await asyncio.sleep(_POLL_S)
        model = await self._model(key, text)
        await self.tell({"is": "judged", **found.model_dump(mode="json"), "model": model})

    def _sent_before(self, text: str, body: bytes) -> int | None:
        """The same try, sent before the connection was lost: it is not counted twice."""
        person, digest = self._caller.person.id, drill_sound.digest(body)
        with self._services.database.reading() as connection:
            rows = kept.page(connection, person, after=None, limit=_LAST)
        same = (row["id"] for row in rows if row["digest"] == digest and row["text"] == text)
        return next(same, None)

    async def _model(self, key: str, text: str) -> Any:
        """The model's pitch, character by character; None: there is no model of the line."""
        services = self._services
        file = services.voices.find(key.removeprefix("phrase:"))
        if not key.startswith("phrase:") or file is None:
            return None
        with suppress(Full):
            return await asyncio.wrap_future(services.room.model(text, file))
        return None

    async def _english(self, start: Start) -> None:
        services = self._services
        text = drill_english.line_of(services.known, start.phrase or "")
        await self.tell({"is": "listening", "most_s": MOST_S, "text": text})
        sound = await self._whole(start.rate)
        if sound is None:
            return
        waits = services.room.english(text, sound)
        await self.tell({"is": "waiting", "ahead": max(0, services.room.waiting - 1)})
        tried = drill_english.as_json(await asyncio.wrap_future(waits))
        await run_in_threadpool(
            self._keep, DrillKind.ENGLISH, text, tried, tried["score"], helped=start.helped
        )
        await self.tell({"is": "judged", **tried})

    async def _vehicle(self, start: Start) -> None:
        services = self._services
        seed = secrets.randbelow(2**32) if start.seed is None else start.seed
        rules = services.room.rules
        level = next_level(start.level, len(rules.level), start.results)
        drawing = draw_scene if start.do == "vehicle" else draw_sum
        scene = drawing(rules, level, random.Random(seed).random, services.site.time_zone)
        loop, shown = asyncio.get_running_loop(), asyncio.Queue[Shown]()

        def show(what: Shown) -> None:
            loop.call_soon_threadsafe(shown.put_nowait, what)

        play, left = services.room.play(scene, show)
        self._play = play
        await self.tell({**drill_play_json.scene(scene, services.known), "seed": seed})
        ending: asyncio.Future[Any] = asyncio.wrap_future(left)
        hearing: asyncio.Future[Any] = asyncio.ensure_future(self._feed(play, start.rate))
        telling: asyncio.Future[Any] = asyncio.ensure_future(self._show(shown, scene))
        try:
            await asyncio.wait({ending, hearing}, return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                hearing.result()
            done = await ending
            await telling
            if drill_pace.astray(self._clock):
                await self._trouble(Trouble.WRONG_RATE)
                return
            ended = {**drill_play_json.shown(done, scene, services.known, services.voices)}
            kind = DrillKind.VEHICLE if start.do == "vehicle" else DrillKind.AMOUNT
            text = drill_play_json.headline(scene)
            await run_in_threadpool(
                self._keep, kind, text, {**ended, "seed": seed, "level": level}, done.points
            )
            await self.tell(ended)
            await hearing
        except GivenUp:
            await self._trouble(Trouble.LOST)
        finally:
            play.done(given_up=True)
            self._play = None
            for task in (telling, hearing):
                task.cancel()

    def _keep(
        self, kind: DrillKind, text: str, result: Json, score: float | None, *, helped: bool = False
    ) -> None:
        """Write down what came of a try whose sound nobody keeps."""
        services = self._services
        now = services.clock()
        new = NewAttempt(
            person_id=self._caller.person.id,
            kind=kind,
            exercise=None,
            text=text,
            helped=helped,
            digest="",
        )
        judgement = Judgement(
            result=result,
            score=score,
            problem=UNCLEAR if score is None else None,
            versions={"program": program_version(), "catalog": services.known.catalog.version},
        )
        with services.database.writing() as connection:
            kept.judge(connection, kept.add(connection, new, now), judgement, now)

    async def _show(self, shown: asyncio.Queue[Shown], scene: Scene) -> None:
        """Tell all that happens to a vehicle until it has left."""
        services = self._services
        while not isinstance(what := await shown.get(), Left):
            await self.tell(drill_play_json.shown(what, scene, services.known, services.voices))

    async def _feed(self, play: Play, rate: int) -> None:
        """Hand on what is said, until the trainee says that they are done."""
        at_16k = _Rate(rate)
        async for part in self._sound(at_16k):
            play.feed(part)
        play.done()

    async def _whole(self, rate: int) -> Samples | None:
        """A try's sound; None: it cannot be judged, and the trainee was told."""
        at_16k = _Rate(rate)
        parts = [part async for part in self._sound(at_16k)]
        if at_16k.seconds > MOST_S:
            await self._trouble(Trouble.TOO_LONG)
            return None
        if drill_pace.astray(self._clock):
            await self._trouble(Trouble.WRONG_RATE)
            return None
        return np.concatenate([*parts, np.zeros(0, np.float32)]).astype(np.float32)

    async def _sound(self, at_16k: _Rate) -> Any:
        self._clock = []
        while True:
            message = await self._message()
            if (content := message.get("bytes")) is not None:
                if at_16k.seconds <= MOST_S:
                    yield at_16k.feed(content)
                continue
            try:
                told = During.model_validate(self._told(message.get("text") or ""))
            except ValidationError:
                raise _Nonsense('a try ends with {"do": "end"}') from None
            self._clock = told.clock or self._clock
            if told.do == "end":
                return

    async def _trouble(self, what: Trouble) -> None:
        told = TOLD[what]
        advice = {"zh": told.zh, "en": told.en}
        await self.tell({"is": "trouble", "what": what.value, "advice": advice})

    async def _message(self) -> Any:
        message = await asyncio.wait_for(self._socket.receive(), WAIT_S)
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        if len(message.get("bytes") or b"") > _LARGEST:
            raise _Nonsense("a message of samples has a megabyte at most")
        return message

    async def _start(self) -> Start:
        told: Any = {"do": "end"}
        # What was on its way when a try ended is of no other.
        while isinstance(told, dict) and told.get("do") in ("clock", "end"):
            text = None
            while text is None:
                text = (await self._message()).get("text")
            told = self._told(text)
        try:
            return Start.model_validate(told)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))[:80]
            raise _Nonsense(f"{where}: {first['msg']}") from None

    @staticmethod
    def _told(text: str) -> Any:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise _Nonsense("a text message is JSON") from None


class _Rate:
    """Samples as they come, at 16 kHz."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._inner = Resampler(rate, 1)
        self._frames = 0
        self._odd = b""

    @property
    def seconds(self) -> float:
        """Of what has come."""
        return self._frames / self._rate

    def feed(self, content: bytes) -> Samples:
        """What is certain of it."""
        content = self._odd + content
        self._odd = content[len(content) // 2 * 2 :]
        samples = as_float(content)
        self._frames += len(samples)
        return self._inner.feed(samples.reshape(-1, 1))[:, 0]


def _who(socket: WebSocket, services: Services) -> Caller | int:
    """Who asks; a code to close with where it may not be.

    A browser lets any page open a WebSocket and sends the cookie along, so its origin must be ours.
    """
    origin = socket.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != socket.headers.get("host"):
        return _FORBIDDEN
    token = socket.cookies.get(COOKIE)
    active = services.accounts.active(token) if token else None
    if active is None:
        return _UNKNOWN
    person = active.person
    reached = reach(person.grants, person.collector_id, Permission.DRILLS_PRACTISE)
    return _FORBIDDEN if reached.empty else Caller(active=active, reach=reached)
