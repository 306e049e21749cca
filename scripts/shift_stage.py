"""Stage a script: when everything is said, how it sounds in the booth, and what is lost.

All that is drawn comes from the script's seed, so a script makes the same samples each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from audio.noise import KINDS, babble
from audio.room import ROOMS, active_rms, amplitude, band, place, rms
from audio.voice import RATE, Speaker
from scripts.shift_script import BABBLE, Line, Scene, Script

Samples = npt.NDArray[np.float32]

_FIRST_S = 1.5
_LAST_S = 2.0
_MICROPHONE_LOW_HZ = 100.0
_SELF_NOISE_DBFS = -72.0
_LOST_EDGE_S = 0.25
_DROWNED_DB = 15.0
_LEAK_DB = -18.0
_FAR_CHANNEL_GAIN_DB = -3.0
_CHATTER = (
    "今天中午吃什么，食堂有没有鱼",
    "前面那辆车怎么还不走",
    "我下午要去接孩子放学",
    "听说下个月要换班",
    "服务区还有多远，车快没油了",
    "昨天那场球你看了没有",
    "把窗户关上，外面太吵了",
    "等一下，我先打个电话",
)
_CROWD = ("zf_xiaobei", "zf_xiaoxiao", "zm_yunxi", "zm_yunyang")


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """A line with its time and its sound."""

    line: Line
    start: int
    """sample from the recording's start"""
    speech: Samples
    """dry, active level 1"""

    @property
    def end(self) -> int:
        """First sample after it."""
        return self.start + self.speech.size


@dataclass(frozen=True, kw_only=True, slots=True)
class Staged:
    """A scene with its times."""

    scene: Scene
    arrived: int
    """sample from the recording's start"""
    left: int
    lines: tuple[Said, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Lost:
    """A stretch that nobody can hear."""

    start: int
    end: int
    how: str
    """dead or drowned"""


def stage(script: Script, speaker: Speaker) -> tuple[Staged, ...]:
    """Every scene with the times of its lines."""
    rng = np.random.default_rng([script.seed, 1])
    staged: list[Staged] = []
    now = _samples(_FIRST_S)
    for number, scene in enumerate(script.scene):
        pause = rng.uniform(1.5, 3.5)
        if number:
            now += _samples(pause if scene.gap_s is None else scene.gap_s)
        arrived = now
        wait = rng.uniform(0.6, 1.4)
        now += _samples(wait if scene.wait_s is None else scene.wait_s)
        lines: list[Said] = []
        for line in scene.lines:
            pause, pace = rng.uniform(0.35, 1.1), rng.uniform(-0.06, 0.06)
            if lines or line.gap_s is not None:
                now += _samples(pause if line.gap_s is None else line.gap_s)
            speech = _speak(script, speaker, line, number, pace)
            lines.append(Said(line=line, start=max(now, 0), speech=speech))
            now = max(now, lines[-1].end)
        now += _samples(rng.uniform(0.3, 1.0))
        staged.append(Staged(scene=scene, arrived=arrived, left=now, lines=tuple(lines)))
    return tuple(staged)


def losses(staged: Sequence[Staged]) -> tuple[Lost, ...]:
    """The stretches over which the microphone was dead or drowned, by time."""
    edge = _samples(_LOST_EDGE_S)
    found: list[Lost] = []
    for said in (said for scene in staged for said in scene.lines if said.line.over):
        start, end, how = max(said.start - edge, 0), said.end + edge, str(said.line.over)
        if found and found[-1].how == how and start <= found[-1].end + 2 * edge:
            start = found.pop().start
        found.append(Lost(start=start, end=end, how=how))
    return tuple(found)


def sound(script: Script, staged: Sequence[Staged], speaker: Speaker) -> Samples:
    """The recording, (channels, length), within -1..1."""
    rng = np.random.default_rng([script.seed, 2])
    length = max((scene.left for scene in staged), default=0) + _samples(_LAST_S)
    level = amplitude(script.level_dbfs)
    noise_level = level * amplitude(-script.noise.snr_db)
    near, far = np.zeros(length, np.float32), np.zeros(length, np.float32)
    room = ROOMS[script.room]
    for said in (said for scene in staged for said in scene.lines):
        who = said.line.who
        gain = room.paths[who].gain_db + said.line.gain_db + rng.normal(0, 0.8)
        heard = place(said.speech, room, who, RATE, rng) * np.float32(level * amplitude(gain))
        if script.channels == 2 and who == "driver":
            _add(far, said.start, said.speech * np.float32(level * amplitude(gain / 4)))
            heard *= np.float32(amplitude(_FAR_CHANNEL_GAIN_DB))
        else:
            _add(far, said.start, heard * np.float32(amplitude(_LEAK_DB)))
        _add(near, said.start, heard)
    channels = [near, far][: script.channels]
    lost = losses(staged)
    for number, channel in enumerate(channels):
        channel += _noise(script, length, rng, speaker) * np.float32(noise_level)
        for stretch in lost:
            if stretch.how == "drowned":
                loud = np.float32(level * amplitude(_DROWNED_DB - 6 * number))
                _add(channel, stretch.start, _lorry(stretch.end - stretch.start, rng) * loud)
        channel += rng.standard_normal(length).astype(np.float32) * np.float32(
            amplitude(_SELF_NOISE_DBFS)
        )
        np.clip(channel, -1, 1, out=channel)
        for stretch in lost:
            if stretch.how == "dead":
                channel[stretch.start : stretch.end] = 0
    return np.stack(channels)


def _speak(script: Script, speaker: Speaker, line: Line, turn: int, pace: float) -> Samples:
    voices = script.voices
    usual = voices.speed if line.who == "collector" else 1.0
    # Steps of a twentieth: a line that is kept can be found again.
    speed = line.speed or round((usual + pace) * 20) / 20
    voice = line.voice or (
        voices.drivers[turn % len(voices.drivers)]
        if line.who == "driver"
        else {
            "collector": voices.collector,
            "machine": voices.machine,
            "caller": voices.caller,
            "colleague": voices.colleague,
        }[line.who]
    )
    speech = speaker.say(line.say.replace("|", ""), voice, speed)
    return speech / np.float32(max(active_rms(speech, RATE), 1e-6))


def _noise(script: Script, length: int, rng: np.random.Generator, speaker: Speaker) -> Samples:
    mix = np.zeros(length, np.float32)
    for kind, share_db in script.noise.kinds.items():
        if kind == BABBLE:
            lines = [
                speaker.say(text, _CROWD[n % len(_CROWD)], 1.0) for n, text in enumerate(_CHATTER)
            ]
            made = babble(lines, length, RATE, rng)
        else:
            made = KINDS[kind](length, RATE, rng)
        made = band(made, RATE, _MICROPHONE_LOW_HZ, RATE / 2)
        mix += made / np.float32(max(rms(made), 1e-9) / amplitude(share_db))
    return mix / np.float32(max(rms(mix), 1e-9))


def _lorry(length: int, rng: np.random.Generator) -> Samples:
    # Engine, tyres and horn together: loud where speech is.
    time = np.arange(length) / RATE
    horn = sum(np.sin(2 * np.pi * tone * k * time) / k for tone in (311, 370) for k in (1, 2, 3, 4))
    roar = band(rng.standard_normal(length).astype(np.float32), RATE, 150.0, 4_500.0, steep=1)
    whole = roar / max(rms(roar), 1e-9) + 0.5 * horn
    edge = min(_samples(0.15), length // 2)
    fade = np.minimum(1, np.minimum(np.arange(length), np.arange(length)[::-1]) / max(edge, 1))
    return np.asarray(whole * fade, np.float32)


def _add(channel: Samples, start: int, piece: Samples) -> None:
    end = min(start + piece.size, channel.size)
    channel[start:end] += piece[: end - start]


def _samples(seconds: float) -> int:
    return int(seconds * RATE)
