"""Read sound files of any kind that ffmpeg's libraries know, checked first, then streamed.

`check` decodes the whole file before anything is graded: only then is it certain that its end
is there, and the recording's true length known. A stretch that cannot be decoded inside an
otherwise sound file, and time that the file's own stamps skip, come out as NaN: time in which
nothing could be heard, which `audio.quality` makes a gap.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer

from audio.headers import mp3_counts_frames, ogg_is_cut, wav_seconds
from audio.types import RATE, AudioChunk, Samples

CHUNK = 5 * RATE
"""samples in a chunk"""
_SKIP_S = 0.25
_REPAIR = "record or copy it again, or save what is left with: ffmpeg -i FILE REST.flac"
# Formats of which libav knows the true length from the header; in others it only guesses.
_TOLD = {"w64", "aiff", "au", "caf", "flac", "mov", "asf", "matroska", "wv", "tta", "ape"}


class AudioError(ValueError):
    """A file that cannot be graded: names it, what is wrong with it and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AudioInfo:
    """What a sound file says of itself."""

    duration_ms: int
    """milliseconds; from `probe` as the file says (0: it does not), from `check` as decoded"""
    channels: int
    rate: int
    """hertz, in the file"""
    codec: str
    modified_at: dt.datetime
    """aware, when the file was last written"""


def sha256(path: Path) -> str:
    """The file's sum, in hexadecimal; AudioError if it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise AudioError(f"{path}: cannot be read: {error.strerror}") from None


def probe(path: Path) -> AudioInfo:
    """What the file's header says, without decoding it; AudioError if it is no fit sound file."""
    with _opened(path) as (container, stream):
        return _info(path, stream, _duration_s(container, stream) or 0.0)


def check(path: Path) -> AudioInfo:
    """Decode the whole file; AudioError if it is missing, empty, cut short or no fit sound."""
    with _opened(path) as (container, stream):
        kind = container.format.name
        promised = _promised_s(path, kind, _duration_s(container, stream))
        heard = lost = 0.0
        for piece in _decode(container, stream):
            seconds = piece.lost_s or _seconds(piece.frame)
            heard += seconds
            lost += piece.lost_s
        info = _info(path, stream, heard)
    if heard - lost <= 0:
        raise AudioError(f"{path}: no sound can be decoded from it; give a sound file")
    if lost > 0.5 * heard:
        raise AudioError(f"{path}: damaged: {lost:.1f} s of {heard:.1f} s are lost; {_REPAIR}")
    if promised and heard < promised - min(1.0, max(0.2, 0.02 * promised)):
        raise AudioError(
            f"{path}: cut short: {heard:.1f} s are readable of {promised:.1f} s; {_REPAIR}"
        )
    if kind == "ogg" and ogg_is_cut(path):
        raise AudioError(f"{path}: cut short: {heard:.1f} s are readable; {_REPAIR}")
    return info


def stream(paths: Sequence[Path]) -> Iterator[AudioChunk]:
    """The files one after the other as one recording, in chunks of up to 5 s.

    Chunks are whole milliseconds long but for the last. AudioError as for `check`, or if the
    parts differ in their number of channels.
    """
    done, held, channels = 0, list[Samples](), 0
    for path in paths:
        with _opened(path) as (container, source):
            count = source.codec_context.channels
            if channels and count != channels:
                raise AudioError(
                    f"{path}: {count} channels, but the parts before have {channels}: "
                    "grade them apart"
                )
            channels = count
            for block in _resampled(container, source, count):
                held.append(block)
                while sum(map(len, held)) >= CHUNK:
                    whole = np.concatenate(held)
                    yield AudioChunk(samples=whole[:CHUNK], start_ms=done * 1000 // RATE)
                    done += CHUNK
                    held = [whole[CHUNK:]]
    if any(map(len, held)):
        yield AudioChunk(samples=np.concatenate(held), start_ms=done * 1000 // RATE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Piece:
    frame: AudioFrame | None
    lost_s: float = 0.0


def _decode(container: InputContainer, stream: AudioStream) -> Iterator[_Piece]:
    """The stream's frames, and between them the seconds that are lost."""
    clock: float | None = None
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.FFmpegError:
            continue  # the stamps of the frame after it tell how long it was
        for frame in frames:
            assert isinstance(frame, AudioFrame)
            if not frame.samples:
                continue
            if clock is None:
                clock = frame.time or 0.0
            elif frame.time is not None and frame.time > clock + _SKIP_S:
                yield _Piece(frame=None, lost_s=frame.time - clock)
                clock = frame.time
            yield _Piece(frame=frame)
            clock += _seconds(frame)


def _resampled(container: InputContainer, stream: AudioStream, channels: int) -> Iterator[Samples]:
    layout = "mono" if channels == 1 else "stereo"
    resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
    for piece in _decode(container, stream):
        if piece.frame is None:
            yield from map(_samples, resampler.resample(None))
            resampler = av.AudioResampler(format="fltp", layout=layout, rate=RATE)
            for at in range(0, lost := round(piece.lost_s * RATE), CHUNK):
                yield np.full((min(CHUNK, lost - at), channels), np.nan, np.float32)
            continue
        # The resampler would take a jump in the stamps for an error of its own making.
        piece.frame.pts = None
        yield from map(_samples, resampler.resample(piece.frame))
    yield from map(_samples, resampler.resample(None))


def _samples(frame: AudioFrame) -> Samples:
    return np.ascontiguousarray(frame.to_ndarray().T, np.float32)


def _seconds(frame: AudioFrame | None) -> float:
    return frame.samples / frame.sample_rate if frame else 0.0


@contextmanager
def _opened(path: Path) -> Iterator[tuple[InputContainer, AudioStream]]:
    """The container and its first sound stream; AudioError for what goes wrong inside too."""
    if not path.exists():
        raise AudioError(f"{path}: no such file")
    if not path.is_file():
        raise AudioError(f"{path}: not a file; give the sound file itself")
    try:
        if not path.stat().st_size:
            raise AudioError(f"{path}: empty; record or copy it again")
        # Only this file: a playlist must not send us anywhere.
        container = av.open(
            f"file:{path}", options={"protocol_whitelist": "file"}, metadata_errors="ignore"
        )
        with container:
            if not container.streams.audio:
                raise AudioError(f"{path}: holds no sound; give a sound file")
            source = container.streams.audio[0]
            channels = source.codec_context.channels
            if not 1 <= channels <= 2:
                raise AudioError(f"{path}: {channels} channels: give mono or two channels")
            yield container, source
    except av.FFmpegError as error:
        if isinstance(error, PermissionError):
            raise AudioError(f"{path}: cannot be read: permission denied") from None
        raise AudioError(f"{path}: not a sound file, or damaged or cut short; {_REPAIR}") from None
    except OSError as error:
        raise AudioError(f"{path}: cannot be read: {error.strerror}") from None


def _promised_s(path: Path, kind: str, told_s: float | None) -> float | None:
    if kind == "wav":
        return wav_seconds(path)
    if kind == "mp3":
        return told_s if mp3_counts_frames(path) else None
    return told_s if _TOLD & set(kind.split(",")) else None


def _duration_s(container: InputContainer, stream: AudioStream) -> float | None:
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    if container.duration is not None:
        return container.duration / 1_000_000
    return None


def _info(path: Path, stream: AudioStream, seconds: float) -> AudioInfo:
    context = stream.codec_context
    return AudioInfo(
        duration_ms=round(seconds * 1000),
        channels=context.channels,
        rate=context.sample_rate,
        codec=context.name,
        modified_at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
    )
