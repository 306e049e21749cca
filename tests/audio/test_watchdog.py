"""The watchdog: what makes a capture process deaf, and what does not."""

from __future__ import annotations

import numpy as np
import pytest

from audio.types import RATE
from audio.watchdog import Fault, Rules, Trouble, Watchdog
from audio.wire import Block
from phrases.types import GapReason

RULES = Rules()
BLOCK = RATE // 20
RNG = np.random.default_rng(3)


class Mic:
    """Gives blocks to a watchdog; its clock may be wrong, and its blocks late."""

    def __init__(self, rules: Rules = RULES, device_rate: int = RATE) -> None:
        self.dog = Watchdog(rules, now_ns=0, device_rate=device_rate)
        self.rate = device_rate
        self.frames = 0
        self.ns = 0.0

    def say(
        self, seconds: float, *, level: float = 0.1, speed: float = 1.0, late_s: float = 0.0
    ) -> Fault | None:
        """The first fault in so many seconds."""
        for _ in range(round(seconds * 20)):
            self.ns += 50e6 / speed
            self.frames += 1
            stamp = int(self.ns + RNG.uniform(0, late_s) * 1e9)
            fault = self.dog.heard(
                Block(
                    samples=np.full((BLOCK, 1), level, np.float32),
                    first=(self.frames - 1) * BLOCK,
                    device_frames=self.frames * self.rate // 20,
                    stamp_ns=stamp,
                ),
                stamp,
            )
            if fault:
                return fault
        return None


def test_a_microphone_that_hears_is_left_alone() -> None:
    """Minutes of sound are no trouble, though each block is up to 100 ms late."""
    mic = Mic()
    assert mic.say(300, late_s=0.1) is None
    assert mic.dog.rate_is_right


@pytest.mark.parametrize("after", [0.0, 5.0])
def test_no_sound_for_two_seconds_is_a_stall(after: float) -> None:
    """But a process that is only being opened has longer."""
    mic = Mic()
    mic.say(after)
    limit = RULES.stalled_s if after else RULES.opening_s
    assert mic.dog.idle(int(mic.ns + (limit - 0.1) * 1e9)) is None
    assert mic.dog.idle(int(mic.ns + (limit + 0.1) * 1e9)) == Fault(trouble=Trouble.STALLED)


@pytest.mark.parametrize("speed", [0.5, 0.96, 1.04, 2.0])
@pytest.mark.parametrize("device_rate", [16_000, 44_100])
def test_sound_faster_or_slower_than_time_is_a_wrong_rate(speed: float, device_rate: int) -> None:
    """What came since the wrong stretch began is doubtful."""
    mic = Mic(device_rate=device_rate)
    mic.say(12)
    fault = mic.say(30, speed=speed, late_s=0.05)
    assert fault is not None
    assert fault.trouble is Trouble.WRONG_RATE
    assert fault.doubtful >= 9 * min(speed, 1) * RATE


@pytest.mark.parametrize("speed", [0.99, 1.01])
def test_a_clock_that_is_a_little_wrong_is_no_trouble(speed: float) -> None:
    """Cheap microphones are off by a thousandth or less."""
    assert Mic().say(120, speed=speed, late_s=0.1) is None


def test_one_hiccup_is_no_wrong_rate() -> None:
    """A machine that stops for a second and then gives what it held has lost nothing."""
    mic = Mic()
    mic.say(10)
    held = mic.ns
    mic.ns += 1e9
    mic.say(0.05)
    mic.ns = held
    assert mic.say(20) is None


def test_long_zeros_are_silence_and_all_of_them_doubtful() -> None:
    """No living microphone gives them."""
    mic = Mic()
    mic.say(5)
    fault = mic.say(20, level=0.0)
    assert fault == Fault(trouble=Trouble.SILENT, doubtful=10 * RATE - BLOCK)


def test_faint_noise_or_short_zeros_are_not_silence() -> None:
    """The last bit of 24 is a sound; and a pause of gated noise is shorter."""
    mic = Mic()
    assert mic.say(30, level=1.2e-7) is None
    assert mic.say(9, level=0.0) is None
    mic.say(0.05)
    assert mic.say(9, level=0.0) is None


def test_silence_can_be_allowed() -> None:
    """For a device that gates its noise."""
    assert Mic(Rules(silence_s=0)).say(60, level=0.0) is None


def test_only_a_process_that_died_is_a_restart() -> None:
    """All else is a lost microphone."""
    reasons = {trouble: trouble.gap for trouble in Trouble}
    assert reasons.pop(Trouble.KILLED) is GapReason.RESTART
    assert set(reasons.values()) == {GapReason.MIC_LOST}
