"""Say in one sentence what is wrong with a microphone, from what it gave."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from audio.types import Samples
from phrases.advice import Advice

CLIPPED = 0.02
"""share of clipped samples from which no tone is judged"""
_FULL = 0.997
_FAINT_DBFS = -60.0
"""decibels full scale under which the loudest tenth of a second is no speech near a microphone"""
_PART = 1_600


class Trouble(StrEnum):
    """What can be wrong with it."""

    DENIED = "denied"
    NO_MICROPHONE = "no_microphone"
    UNPLUGGED = "unplugged"
    MUTED = "muted"
    FAINT = "faint"
    LOUD = "loud"
    WRONG_RATE = "wrong_rate"
    TOO_LONG = "too_long"
    NO_SPEECH = "no_speech"
    LOST = "lost"
    BUSY = "busy"


TOLD = {
    Trouble.DENIED: Advice(
        zh="浏览器没有得到话筒权限：点地址栏左边的图标，允许使用话筒，再按“开始”。",
        en="The browser may not use the microphone: allow it by the sign left of the address, "
        "then press Start.",
    ),
    Trouble.NO_MICROPHONE: Advice(
        zh="没有找到话筒：插上话筒后再按“开始”，或上传一段录音。",
        en="There is no microphone: connect one and press Start, or upload a recording.",
    ),
    Trouble.UNPLUGGED: Advice(
        zh="话筒被拔掉了：这次不计，接好后再来一次。",
        en="The microphone was lost: this try does not count; connect it and try again.",
    ),
    Trouble.MUTED: Advice(
        zh="话筒只送来静音：检查话筒上的静音键和系统的输入音量，再说一遍。这次不计。",
        en="The microphone gave silence only: see its mute switch and the system's input level, "
        "then try again. This try does not count.",
    ),
    Trouble.FAINT: Advice(
        zh="声音太小：靠近话筒，或调高输入音量，再说一遍。这次不计。",
        en="The sound is too faint: come closer or raise the input level, then try again. "
        "This try does not count.",
    ),
    Trouble.LOUD: Advice(
        zh="声音过大，已失真：离话筒远一点，或调低输入音量，再说一遍。声调没有判断。",
        en="The sound is too loud and distorted: move back or lower the input level, then try "
        "again. No tone was judged.",
    ),
    Trouble.WRONG_RATE: Advice(
        zh="话筒的采样率不对：在系统里改用另一个话筒或48千赫，再试一次。这次不计。",
        en="The microphone's rate is wrong: choose another one, or 48 kHz, in the system, then "
        "try again. This try does not count.",
    ),
    Trouble.TOO_LONG: Advice(
        zh="录音太长：只说这一句，不超过28秒。",
        en="The recording is too long: say the line alone, within 28 seconds.",
    ),
    Trouble.NO_SPEECH: Advice(
        zh="没有听到说话：检查话筒是否静音，再说一遍。",
        en="No speech was heard: see that the microphone is not muted, and try again.",
    ),
    Trouble.LOST: Advice(
        zh="连接断了：刚才这次不计，连上后再说一遍。",
        en="The connection was lost: this try does not count; say it again when it is back.",
    ),
    Trouble.BUSY: Advice(
        zh="现在练习的人太多：过几秒再试。这次不计。",
        en="Too many people practise just now: try again in a few seconds. This try does "
        "not count.",
    ),
}
"""to the sentence that helps"""


OF_SOUND = (Trouble.TOO_LONG, Trouble.NO_SPEECH, Trouble.MUTED, Trouble.FAINT, Trouble.LOUD)
"""those that the sound of a try shows"""


def trouble(samples: Samples) -> Trouble | None:
    """What is wrong with float32 [frames], mono, 16 kHz; None: nothing that the level shows."""
    if not len(samples) or not np.any(np.abs(samples) > 2 / 32_768):
        return Trouble.MUTED
    whole = np.pad(samples, (0, -len(samples) % _PART)).reshape(-1, _PART)
    power = np.square(whole, dtype=np.float64).mean(axis=1).max()
    if 10 * np.log10(max(power, 1e-12)) < _FAINT_DBFS:
        return Trouble.FAINT
    loud = np.abs(samples) > 0.1
    if loud.any() and float((np.abs(samples[loud]) >= _FULL).mean()) > 2 * CLIPPED:
        return Trouble.LOUD
    return None
