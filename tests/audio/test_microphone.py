"""A real microphone path: PulseAudio, ALSA's plugin, PortAudio, and what happens when it breaks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from audio.capture import CaptureSettings, Microphone
from audio.child import CaptureError, devices
from audio.files import stream
from audio.types import RATE, AudioChunk, Samples
from audio.watchdog import Rules
from audio.write import write
from phrases.types import Gap, GapReason
from tests import pulse
from tests.pulse import Pulse

pytestmark = [pytest.mark.slow, pytest.mark.alone]

DEMO = Path(__file__).parents[1] / "recordings" / "demo.opus"
LIMIT_S = 150
"""seconds of recording after which a test gives up"""
RULES = Rules(opening_s=60.0, silence_s=0.0)


@pytest.fixture(params=[1, 2])
def channels(request: pytest.FixtureRequest) -> int:
    """Of the microphone."""
    return int(request.param)


@pytest.fixture
def sound_system(channels: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pulse]:
    """PulseAudio, which every process of the test meets."""
    with pulse.running(channels) as running:
        for name, value in running.env.items():
            monkeypatch.setenv(name, value)
        yield running


only_one = pytest.mark.parametrize("channels", [1], indirect=True)


def noise(path: Path, seconds: float, channels: int) -> Samples:
    """A WAV file of speech from the demo, over noise; its sound, float32 [frames, channels].

    The second channel is the first one backwards, so that they can be told apart.
    """
    sound = np.concatenate([chunk.samples[:, :1] for chunk in stream([DEMO])])
    sound = sound[: round(seconds * RATE)]
    sound = sound + np.random.default_rng(5).normal(0, 0.003, sound.shape).astype(np.float32)
    both = np.concatenate((sound, sound[::-1]), axis=1)[:, :channels].astype(np.float32)
    write(path, both.T, RATE)
    return both


def delay(heard: Samples, said: Samples) -> int:
    """Frames by which float32 [frames] `heard` is behind, at the best likeness."""
    size = 1 << (len(heard) + len(said)).bit_length()
    likeness = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(said, size).conj(), size)
    return int(np.argmax(likeness[: len(heard)]))


def test_what_is_said_is_heard(sound_system: Pulse, channels: int, tmp_path: Path) -> None:
    """At 16 kHz, in time, sample for sample, each channel its own."""
    said = noise(tmp_path / "said.wav", 10, channels)
    settings = CaptureSettings(channels=channels, rules=RULES)
    chunks = list[AudioChunk]()
    gaps = list[Gap]()
    with Microphone(settings) as mic, sound_system.playing(tmp_path / "said.wav") as playing:
        after_s = 0.0
        for item in mic.listen():
            if isinstance(item, Gap):
                gaps.append(item)
                continue
            chunks.append(item)
            if playing.poll() is not None:
                after_s += len(item.samples) / RATE
            if after_s > 1 or item.start_ms > LIMIT_S * 1000:
                mic.stop()
    heard = np.concatenate([chunk.samples for chunk in chunks])
    assert gaps == []
    assert len(heard) * 1000 // RATE == pytest.approx(
        chunks[-1].start_ms + len(chunks[-1].samples) * 1000 // RATE, abs=1
    )
    for channel in range(channels):
        middle = said[2 * RATE : 8 * RATE, channel]
        at = delay(heard[:, channel], middle)
        part = heard[at : at + len(middle), channel]
        assert np.corrcoef(part, middle)[0, 1] > 0.98
        assert np.std(part) == pytest.approx(np.std(middle), rel=0.05)


def until(
    mic: Microphone, act: Callable[[int], None], gaps: int, after_s: float = 1.0
) -> tuple[list[AudioChunk], list[Gap]]:
    """Listen until so many gaps are over and a second of sound was heard after them.

    `act` is told the milliseconds heard so far, after each chunk.
    """
    chunks, found, after = list[AudioChunk](), list[Gap](), 0.0
    for item in mic.listen():
        if isinstance(item, Gap):
            found.append(item)
            after = 0.0
            continue
        chunks.append(item)
        act(item.start_ms)
        if len(found) >= gaps:
            after += len(item.samples) / RATE
        if after > after_s or item.start_ms > LIMIT_S * 1000:
            mic.stop()
    return chunks, found


def check(chunks: list[AudioChunk], gaps: list[Gap]) -> None:
    """Time has no holes, and what was not heard lies in the gaps."""
    at = 0
    for chunk in chunks:
        assert chunk.start_ms == at * 1000 // RATE
        if np.isnan(chunk.samples).any():
            stop = (at + len(chunk.samples)) * 1000 // RATE
            inside = [min(g.end_ms, stop) - max(g.start_ms, chunk.start_ms) for g in gaps]
            assert sum(max(0, ms) for ms in inside) >= stop - chunk.start_ms - 2
        at += len(chunk.samples)


@only_one
def test_a_microphone_that_is_pulled_and_plugged_in_again(
    sound_system: Pulse, tmp_path: Path
) -> None:
    """It is noticed and healed, and the time between is a gap."""
    noise(tmp_path / "said.wav", 30, 1)

    with ExitStack() as stack:

        def again() -> None:
            sound_system.plug()
            stack.enter_context(sound_system.playing(tmp_path / "said.wav"))

        left = [(3_000, sound_system.pull), (6_000, again)]

        def act(ms: int) -> None:
            if left and ms >= left[0][0]:
                left.pop(0)[1]()

        mic = stack.enter_context(Microphone(CaptureSettings(rules=RULES)))
        stack.enter_context(sound_system.playing(tmp_path / "said.wav"))
        chunks, gaps = until(mic, act, gaps=1)
        assert mic.restarts >= 1
    check(chunks, gaps)
    assert left == []
    assert {gap.reason for gap in gaps} == {GapReason.MIC_LOST}
    assert gaps[0].start_ms >= 2_500
    assert gaps[-1].end_ms >= 6_000


def struck(
    sound_system: Pulse, file: Path, number: signal.Signals
) -> tuple[int, list[AudioChunk], list[Gap]]:
    """Send the capture process a signal at 2 s; its id, and what was heard until there is a gap."""
    noise(file, 30, 1)
    met = list[int]()

    with Microphone(CaptureSettings(rules=RULES)) as mic:

        def act(ms: int) -> None:
            if ms >= 2_000 and not met and mic.pid:
                met.append(mic.pid)
                os.kill(mic.pid, number)

        with sound_system.playing(file):
            chunks, gaps = until(mic, act, gaps=1)
    return met[0], chunks, gaps


@only_one
def test_a_capture_process_that_is_killed(sound_system: Pulse, tmp_path: Path) -> None:
    """Another one takes its place, and the time between is a gap."""
    pid, chunks, gaps = struck(sound_system, tmp_path / "said.wav", signal.SIGKILL)
    check(chunks, gaps)
    assert {gap.reason for gap in gaps} == {GapReason.RESTART}
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@only_one
def test_a_capture_process_that_hangs(sound_system: Pulse, tmp_path: Path) -> None:
    """Stopped as by a driver that spins: frames stop, and it is killed."""
    _, chunks, gaps = struck(sound_system, tmp_path / "said.wav", signal.SIGSTOP)
    check(chunks, gaps)
    assert {gap.reason for gap in gaps} == {GapReason.MIC_LOST}
    assert gaps[0].end_ms - gaps[0].start_ms >= 1_900


@only_one
def test_a_microphone_that_gives_zeros(sound_system: Pulse, tmp_path: Path) -> None:
    """A null sink into which nobody speaks: begun anew, and a gap from its first zero on."""
    noise(tmp_path / "said.wav", 20, 1)
    rules = Rules(opening_s=60.0, silence_s=3.0)

    with ExitStack() as stack, Microphone(CaptureSettings(rules=rules)) as mic:
        said = list[object]()

        def act(_ms: int) -> None:
            if mic.restarts and not said:
                playing = sound_system.playing(tmp_path / "said.wav")
                said.append(stack.enter_context(playing))

        chunks, gaps = until(mic, act, gaps=1, after_s=0.3)
    check(chunks, gaps)
    assert {gap.reason for gap in gaps} == {GapReason.MIC_LOST}
    assert gaps[0].start_ms <= 500
    assert gaps[-1].end_ms >= 3_000


@only_one
def test_the_capture_process_ends_with_its_parent(sound_system: Pulse) -> None:
    """Killed or not: nothing keeps listening."""
    assert sound_system.channels == 1
    code = (
        "import os, time; from audio.capture import *\n"
        "with Microphone(CaptureSettings()) as mic: print(mic.pid, flush=True); time.sleep(99)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    gone = threading.Event()
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return  # dead; init has not collected it yet
        gone.wait(0.1)
    pytest.fail("the capture process outlived its parent")


@only_one
def test_the_microphones_are_listed(sound_system: Pulse) -> None:
    """PulseAudio's, by PortAudio; one of them is the default."""
    assert sound_system.channels == 1
    found = devices()
    assert "pulse" in {device.name for device in found}
    assert sum(device.default for device in found) == 1


@only_one
def test_a_microphone_of_another_name_is_refused(sound_system: Pulse) -> None:
    """With the names that there are."""
    assert sound_system.channels == 1
    mic = Microphone(CaptureSettings(device="no such thing", rules=RULES))
    with pytest.raises(CaptureError, match=r"no such microphone; there are: .*pulse"), mic:
        pass
