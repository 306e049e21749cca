"""Read a booth's message, prove it, and make the rows that it states.

The hash of the entry and the salted hashes of the words are checked here, and the rows are made of
what was checked. So what the centre stores is what the booth's chain states.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from db import tables
from db.clip_tables import Clip
from db.columns import Base
from db.decode import Decoder, moment
from db.keeping_tables import ErasedWhat, Erasure
from db.ledger import SALT_BYTES, entry_hash, sealed_message
from db.live_tables import LaneMessage, VehicleMark
from db.messages import LATER, REMARKS, SEAL, UTTERANCES
from db.remarks import DECIDED
from db.seal import signed
from db.statements import ERASED, Words, any_words, salted, writer
from db.types import Part, Recording, ShiftIdentity, UsageError

FORMATS = (1, 2)
"""the formats of messages that are read here"""
LONGEST_SEQ = 2**53
KINDS = ("began", "key", "opened", "vehicle", "clip", "utterance", "gap", "report", UTTERANCES)
"""of format 1; format 2 has REMARKS as well"""

_HASH = re.compile("[0-9a-f]{64}")
_SALT = re.compile(f"[0-9a-f]{{{2 * SALT_BYTES}}}")
_SURROGATE = re.compile("[\x00\ud800-\udfff]")


class Unfit(Exception):
    """A message that cannot be stored, with the HTTP status that says why."""

    def __init__(self, why: str, *, status: int = 422, seq: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.status = status
        self.seq = seq


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """What every message has."""

    epoch: str
    seq: int
    kind: str
    of: int | None
    """number of the message that began the grading; None: it begins one, or is of none"""
    needs: int | None
    """number of the message that must be stored before; None: none"""
    sha256: bytes
    """of the line, 32 bytes"""
    line: bytes
    content: Mapping[str, Any]
    """all of it, read"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """What begins a grading."""

    identity: ShiftIdentity
    shift: str
    """its id"""
    recording: Recording
    grading: Mapping[str, Any]
    """columns of the grading's row as they stand when it begins"""


Rows = dict[type[Base], list[tuple[Any, ...]]]


@dataclass(kw_only=True, slots=True)
class Stated:
    """What a message states, ready to be stored but for the ids."""

    rows: Rows = field(default_factory=dict)
    """below the grading, whose id is still None"""
    opening: Opening | None = None
    figures: Mapping[str, Any] | None = None
    """of a report: the columns of the grading's row"""
    entry: tuple[Any, ...] | None = None
    """row of LedgerEntry, without the writer"""
    words: list[tuple[Any, ...]] = field(default_factory=list)
    """rows of LedgerWords, without the writer"""
    key: str | None = None
    """of an entry that introduces a key"""
    seal: tuple[Any, ...] | None = None
    """row of LedgerSeal, without the writer and the grading, in the order of SEAL"""
    remark: Mapping[str, Any] | None = None
    """of what is said later: the columns of its row, without those that name the grading"""


def head(line: bytes, station: str, booth: str) -> Head:
    """What a line says that it is. Unfit if it is no message of this booth's."""
    try:
        content = json.loads(line, parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError):
        raise Unfit("the line is not JSON as it is written here", status=400) from None
    if not isinstance(content, dict):
        raise Unfit("the line is not a JSON object", status=400)
    seq = content.get("seq")
    if type(seq) is not int or not 1 <= seq <= LONGEST_SEQ:
        raise Unfit("seq is not a whole number from 1", status=400)
    if content.get("format") not in FORMATS:
        raise Unfit("its format is not known here: upgrade the centre", seq=seq)
    epoch, kind = content.get("epoch"), content.get("kind")
    if type(epoch) is not str or re.fullmatch("[0-9a-f]{16}", epoch) is None:
        raise Unfit("epoch is not 16 hexadecimal characters", seq=seq)
    if kind not in KINDS and not (kind in REMARKS and content["format"] >= LATER):
        raise Unfit("its kind is not known here: upgrade the centre", seq=seq)
    if content.get("station") != station or content.get("booth") != booth:
        raise Unfit("it is of another booth than the key that signed it", status=403, seq=seq)
    if b"\\u0000" in line or b"\\ud" in line or b"\\uD" in line:
        _check_texts(content, seq)
    alone = kind in ("began", "key", "opened", "lane")
    of, needs = content.get("of"), content.get("needs", content.get("of"))
    for name, number in (("of", of), ("needs", needs)):
        if alone and number is not None:
            raise Unfit(f"{name} has no place in it", seq=seq)
        if not alone and (type(number) is not int or not 1 <= number < seq):
            raise Unfit(f"{name} is not the number of an earlier message", seq=seq)
    return Head(
        epoch=epoch,
        seq=seq,
        kind=str(kind),
        of=of,
        needs=needs,
        sha256=hashlib.sha256(line).digest(),
        line=line,
        content=content,
    )


def stated(message: Head) -> Stated:
    """What a message states, proved. Unfit if it does not hold or cannot be stored."""
    try:
        if message.kind == UTTERANCES:
            return _utterances(message.content)
        return _of_entry(message)
    except Unfit as error:
        raise Unfit(error.why, status=error.status, seq=message.seq) from None
    except UsageError as error:
        raise Unfit(str(error), seq=message.seq) from None
    except (KeyError, TypeError, AttributeError, IndexError):
        raise Unfit(
            f"it is not written as a message of kind {message.kind}", seq=message.seq
        ) from None
    except (ValueError, RecursionError) as error:
        why = str(error) or f"a value in this {message.kind} is none"
        raise Unfit(why, seq=message.seq) from None


def _of_entry(message: Head) -> Stated:
    content = message.content
    found = Stated()
    entry = content["entry"]
    whose = writer(content["station"], content["booth"])
    _texts(entry, "at", "boot", "body", "previous", "hash", "monotonic_ns")
    if not _is_seq(entry["seq"]) or re.fullmatch("[0-9]{1,18}", entry["monotonic_ns"]) is None:
        raise Unfit("the entry's seq or monotonic_ns is no number")
    if entry_hash(whose, {**entry, "kind": message.kind}) != entry["hash"]:
        raise Unfit("the entry's hash does not hold")
    found.entry = (
        entry["seq"],
        message.kind,
        entry["body"],
        entry["at"],
        int(entry["monotonic_ns"]),
        entry["boot"],
        entry["previous"],
        entry["hash"],
    )
    body = json.loads(entry["body"], parse_constant=_no_number, parse_float=_no_number)
    if message.kind == "key":
        found.key = body["public_key"]
        _texts(body, "public_key")
    elif message.kind != "began":
        hashes = body.pop("words")
        said = _words(found, entry["seq"], 0, content["words"], message.kind)
        if [hashed for hashed, _, _ in content["words"]] != hashes:
            raise Unfit("the words are not those that the entry hides")
        _READERS[message.kind](found, content, body, said)
    if "seal" in content:
        _seal(found, content["seal"], whose)
    return found


def _words(found: Stated, seq: int, first: int, words: list[Any], kind: str) -> list[Words]:
    """What stands in the rows, place by place; the salted hashes are proved and kept."""
    said: list[Words] = []
    for place, (hashed, salt, of_place) in enumerate(words, first):
        if type(of_place) is not list:
            raise Unfit("the words of a place are no list")
        said.append(of_place)
        gone = kind == "opened" and place == 0 and str(of_place[1]).startswith(ERASED)
        there = any_words(of_place) and not gone
        if hashed is None:
            if there or salt is not None:
                raise Unfit("it has words that the entry does not state")
            continue
        if _HASH.fullmatch(hashed) is None:
            raise Unfit("a salted hash is none")
        if there != (salt is not None):
            raise Unfit("it has words without their salt, or a salt without its words")
        if salt is not None and (_SALT.fullmatch(salt) is None or salted(salt, of_place) != hashed):
            raise Unfit("the words are not those that were stated")
        found.words.append((seq, place, hashed, salt))
    return said


def _opened(found: Stated, content: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    shift, collector = said[0]
    if body["station"] != content["station"] or body["booth"] != content["booth"]:
        raise Unfit("its entry is of another booth")
    _texts(body, "recording", "started_at")
    team = content["team"]
    identity = ShiftIdentity(
        station=content["station"],
        booth=content["booth"],
        collector=collector,
        team=team,
        started_at=moment(body["started_at"]),
    )
    if _HASH.fullmatch(body["recording"]) is None:
        raise Unfit("the recording's sum is none")
    if type(shift) is not str or re.fullmatch("[0-9a-f]{16}", shift) is None:
        raise Unfit("the shift's id is none")
    if not collector.startswith(ERASED) and shift != identity.shift_id:
        raise Unfit("the shift's id is another's")
    recording = Recording(
        sha256=body["recording"],
        parts=tuple(_part(part, name) for part, name in zip(body["parts"], said[1], strict=True)),
    )
    if recording.duration_ms != body["duration_ms"]:
        raise Unfit("the recording is not as long as its parts")
    grading = dict(zip(GRADING.names, GRADING.row((), content["grading"]), strict=True))
    if grading["number"] != body["grading"]:
        raise Unfit("the grading's number is another than stated")
    found.opening = Opening(
        identity=identity,
        shift=shift,
        recording=recording,
        # Nothing of it is complete until its report has come.
        grading={**grading, "complete": False},
    )


def _vehicle(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    ((name, steps, findings),) = said
    below: dict[Decoder, list[Any]] = {
        DUE: body.pop("due"),
        STEP: [_with(s, w, "heard", "why") for s, w in zip(body.pop("steps"), steps, strict=True)],
        FINDING: [
            _with(f, w, "heard", "reason")
            for f, w in zip(body.pop("findings"), findings, strict=True)
        ],
    }
    if not body["is_number"]:
        body["vehicle"] = name
    vehicle = VEHICLE.row((None,), body)
    found.rows[tables.Vehicle] = [vehicle]
    for decoder, values in below.items():
        keys = (None, body["position"])
        found.rows[decoder.table] = [decoder.row(keys, value) for value in values]


def _clip(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    ((sha256,),) = said
    if sha256 is not None and _HASH.fullmatch(sha256) is None:
        raise Unfit("the clip's sum is none")
    found.rows[Clip] = [CLIP.row((None,), {**body, "sha256": sha256})]


def _report(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    (warnings,) = said
    body.pop("heard", None)
    found.rows[tables.Gap] = [GAP.row((None,), gap) for gap in body.pop("gaps", ())]
    row = GRADING.row((), {**body, "warnings": warnings})
    found.figures = dict(zip(GRADING.names, row, strict=True))


def _one_utterance(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    (words,) = said
    _utterance(found, body, words)


def _gap(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    if said:
        raise Unfit("a gap has no words")
    found.rows[tables.Gap] = [GAP.row((None,), body)]


def _utterances(content: Mapping[str, Any]) -> Stated:
    found = Stated()
    if not _is_seq(content["entry"]) or not _is_seq(content["place"]):
        raise Unfit("entry or place is no number")
    for place, one in enumerate(content["utterances"], content["place"]):
        (words,) = _words(found, content["entry"], place, [one["words"]], UTTERANCES)
        _utterance(found, one["facts"], words)
    return found


def _utterance(found: Stated, facts: Any, words: Words) -> None:
    text, said = words
    matches = facts["matches"]
    own = {name: value for name, value in facts.items() if name != "matches"}
    found.rows.setdefault(tables.Utterance, []).append(
        UTTERANCE.row((None,), {**own, "text": text})
    )
    found.rows.setdefault(tables.Match, []).extend(
        MATCH.row((None, facts["position"]), _with(match, hidden, "text", "why", "remark"))
        for match, hidden in zip(matches, said, strict=True)
    )


def _seal(found: Stated, seal: Any, whose: str) -> None:
    _texts(seal, "root", "public_key", "signature")
    if not _is_seq(seal["seq"]) or not _is_seq(seal["first_seq"]):
        raise Unfit("the seal's entries are no numbers")
    assert found.entry is not None
    if seal["seq"] != found.entry[0] or seal["first_seq"] > seal["seq"]:
        raise Unfit("the seal does not end with its entry")
    message = sealed_message(whose, seal["first_seq"], seal["seq"], seal["root"])
    if not signed(seal["public_key"], message, seal["signature"]):
        raise Unfit("the seal's signature does not hold")
    found.seal = tuple(seal[name] for name in SEAL)


def _mark(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    ((by,),) = said
    _of_chain(body)
    row = MARK.row((), {**body, "by": by})
    found.remark = dict(zip(MARK.names, row, strict=True))


def _lane(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    (event,), (text,) = said
    if text or body["flag"] is None:
        raise Unfit("what the lane sent stays at the booth, and only its flag is sent")
    row = LANE.row((), {**body, "event": event, "body": text})
    found.remark = dict(zip(LANE.names, row, strict=True))


def _erased(found: Stated, _: Mapping[str, Any], body: Any, said: list[Words]) -> None:
    ((forced,),) = said
    _of_chain(body)
    row = ERASURE.row((), {**body, "forced": forced})
    found.remark = dict(zip(ERASURE.names, row, strict=True))
    place, what = found.remark["vehicle_position"], found.remark["what"]
    if what not in DECIDED or (place is None) is (what == ErasedWhat.VEHICLE):
        raise Unfit("it does not say what was erased")


def _of_chain(body: Any) -> None:
    """The grading is named by the entry that opened it, which the message's `of` names too."""
    of = body.pop("of")
    if list(of) != ["opened"] or not _is_seq(of["opened"]):
        raise Unfit("it names no grading of its chain")


_Reader = Callable[[Stated, Mapping[str, Any], Any, list[Words]], None]
_READERS: Mapping[str, _Reader] = {
    "opened": _opened,
    "vehicle": _vehicle,
    "clip": _clip,
    "utterance": _one_utterance,
    "gap": _gap,
    "report": _report,
    "mark": _mark,
    "lane": _lane,
    "erased": _erased,
}
"""the kinds of entries that state something of a grading, or of the booth"""

_OF_VEHICLE = ("grading_id", "vehicle_position")
VEHICLE = Decoder(tables.Vehicle, keys=("grading_id",))
DUE = Decoder(tables.Due, keys=_OF_VEHICLE)
STEP = Decoder(tables.Step, keys=_OF_VEHICLE)
FINDING = Decoder(tables.Finding, keys=_OF_VEHICLE)
CLIP = Decoder(Clip, keys=("grading_id",))
UTTERANCE = Decoder(tables.Utterance, keys=("grading_id",))
MATCH = Decoder(tables.Match, keys=("grading_id", "utterance_position"))
GAP = Decoder(tables.Gap, keys=("grading_id",))
GRADING = Decoder(tables.Grading, without=("id", "shift_id", "recording_id"))
_LATER = ("id", "writer_id", "seq")
MARK = Decoder(VehicleMark, without=(*_LATER, "grading_id"))
LANE = Decoder(LaneMessage, without=(*_LATER, "booth_id", "came"))
ERASURE = Decoder(Erasure, without=(*_LATER, "grading_id", "waits"))
DECODERS = {d.table: d for d in (VEHICLE, DUE, STEP, FINDING, CLIP, UTTERANCE, MATCH, GAP)}
"""of the tables below a grading, parents first"""


def _with(facts: Any, words: Any, *names: str) -> dict[str, Any]:
    """A row's facts and its words together."""
    return {**facts, **dict(zip(names, words, strict=True))}


def _texts(values: Mapping[str, Any], *names: str) -> None:
    for name in names:
        if type(values[name]) is not str:
            raise Unfit(f"{name} is no text")


def _is_seq(value: Any) -> bool:
    return type(value) is int and 0 <= value <= LONGEST_SEQ


def _part(part: Any, name: Any) -> Part:
    _texts(part, "sha256")
    if type(name) is not str or not _is_seq(part["duration_ms"]):
        raise Unfit("a part of the recording has no name or no length")
    if _HASH.fullmatch(part["sha256"]) is None:
        raise Unfit("a recording's sum is none")
    return Part(name=name, sha256=part["sha256"], duration_ms=part["duration_ms"])


def _no_number(_: str) -> Any:
    raise ValueError("a number with a fraction")


def _check_texts(value: Any, seq: int) -> None:
    """Refuse what no database keeps. The entry's body is JSON in a text, so it is read too."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, str):
            if _SURROGATE.search(item):
                raise Unfit("it has a NUL, or a character that is not valid Unicode", seq=seq)
        elif isinstance(item, dict):
            rest.extend((*item.keys(), *item.values()))
            body = item.get("body")
            if isinstance(body, str):
                # What is no JSON is refused where it is read.
                with suppress(ValueError, RecursionError):
                    rest.append(json.loads(body))
        elif isinstance(item, list):
            rest.extend(item)
