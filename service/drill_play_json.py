"""A played vehicle for programs: the scene, the driver's lines, how each step stands, the end."""

from __future__ import annotations

from phrases.roleplay import Follow, Light
from phrases.scene import Moment, Scene, Trouble
from phrases.types import Finding
from phrases.yuan import decimal
from service import report_json
from service.bootstrap import Knowledge
from service.drill_vehicle import Driver, Left, Shown, Standing
from service.drill_voice import Voices, line_name
from service.report_json import Json


def scene(one: Scene, known: Knowledge) -> Json:
    """What is to be seen when the vehicle comes; the money only once it is on the desk."""
    day = known.calendar.day(one.at.date())
    notice = one.notice
    return {
        "is": "scene",
        "level": one.level,
        "lane": one.lane.value,
        "at": one.at.isoformat(),
        "day": {"zh": day.zh, "en": day.en},
        "truck": one.truck,
        "weather": one.weather,
        "notice": None if notice is None else {"cause": notice.cause, "reopens": notice.reopens},
        "limit_s": report_json.seconds(one.limit_ms),
        "pace": one.pace,
        "noise": one.noise,
        "asks": None if one.asks is None else list(one.asks),
        "money": None if Moment.PAY in one.lines else money(one),
    }


def shown(what: Shown, one: Scene, known: Knowledge, voices: Voices) -> Json:
    """What has just happened."""
    match what:
        case Driver():
            name = line_name(what.line)
            fake = one.trouble is Trouble.COUNTERFEIT and what.moment is Moment.PAY
            return {
                "is": "driver",
                "moment": what.moment.value,
                "line": what.line,
                "voice": name if voices.find(name) else None,
                "money": money(one) if what.money else None,
                "counterfeit": fake,
            }
        case Standing():
            spent = report_json.seconds(what.spent_ms)
            return {"is": "standing", "spent_s": spent, **_follow(what.follow, known)}
        case Left():
            last = one.lines.get(Moment.LEAVE)
            return {
                "is": "left",
                "spent_s": report_json.seconds(what.spent_ms),
                "in_time": what.in_time,
                "points": what.points,
                "line": last,
                "voice": line_name(last) if last and voices.find(line_name(last)) else None,
                **_follow(what.follow, known),
            }


def headline(one: Scene) -> str:
    """The scene in one line, for lists of tries."""
    event = one.event
    sums = [decimal(fen) for fen in (event.toll_fen, event.tendered_fen) if fen is not None]
    parts = [one.lane.value, f"{one.at:%Y-%m-%d %H:%M}", "/".join(sums), one.trouble or ""]
    return " ".join(part for part in parts if part)


def money(one: Scene) -> Json | None:
    """Fare, what is handed over, and how; plain decimal strings in yuan."""
    event = one.event
    if event.toll_fen is None or event.payment is None:
        return None
    tendered = event.tendered_fen
    return {
        "toll": decimal(event.toll_fen),
        "tendered": None if tendered is None else decimal(tendered),
        "payment": event.payment.value,
    }


def _follow(one: Follow, known: Knowledge) -> Json:
    return {
        "outcome": one.outcome.value,
        "complete": one.complete,
        "lights": [_light(light, known) for light in one.lights],
        "remarks": [_remark(each) for each in one.remarks],
    }


def _light(one: Light, known: Knowledge) -> Json:
    expected = one.expected
    if expected is None and one.phrases:
        expected = known.wording(one.phrases[0], {})
    return {
        "name": one.name,
        "state": one.state.value,
        "mandatory": one.mandatory,
        "heard": one.heard,
        "expected": expected,
        "why": one.why,
    }


def _remark(one: Finding) -> Json:
    return {
        "code": one.code,
        "expected": one.expected,
        "heard": one.heard,
        "reason": one.reason,
    }
