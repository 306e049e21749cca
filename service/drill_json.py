"""What a try came to, for programs: CONTRACT.md's object, and what pages draw beside it."""

from __future__ import annotations

from phrases.pinyin import written
from service import report_json
from service.drill_score import Manner, Tried
from service.report_json import Json


def drilled(one: Tried) -> Json:
    """The object of `changshou drill-score`."""
    return {
        "text": one.text,
        "chars": [
            {
                "char": char.char,
                "pinyin": written(char.char, char.tone_expected or None),
                "heard": char.heard.value,
                "tone_expected": char.tone_expected,
                "tone_heard": char.tone.heard,
                "tone": char.tone.tone.value,
                "start_s": report_json.seconds(char.start_ms),
                "end_s": report_json.seconds(char.end_ms),
                "pitch": list(one.curves[at]) if one.curves else [],
            }
            for at, char in enumerate(one.chars)
        ],
        "score": one.score,
        "unsure": one.unsure,
        "advice": {"zh": one.advice.zh, "en": one.advice.en},
        "manner": manner(one.manner, len(one.text)),
    }


def manner(one: Manner | None, count: int) -> Json | None:
    """How a line of so many characters, or words, was said."""
    if one is None:
        return None
    return {
        "speech_s": report_json.seconds(one.speech_ms),
        "per_s": round(1000 * count / max(one.speech_ms, 1), 2),
        "pauses_s": [report_json.seconds(pause) for pause in one.pauses_ms],
        "level_dbfs": one.level_dbfs,
        "snr_db": one.snr_db,
        "clipped": one.clipped,
    }
