"""Any sound file is read; what cannot be graded is refused in one line that names it."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from audio.files import CHUNK, AudioError, check, probe, sha256, stream
from audio.types import RATE, Samples

SECONDS = 12.0


def sound(rate: int, channels: int = 1, seconds: float = SECONDS) -> Samples:
    """A tone of another pitch on each channel, [frames, channels]."""
    time = np.arange(int(seconds * rate)) / rate
    tones = [0.3 * np.sin(2 * np.pi * (440 + 220 * channel) * time) for channel in range(channels)]
    return np.stack(tones, axis=1).astype(np.float32)


def write_wav(path: Path, samples: NDArray[np.floating], rate: int = RATE) -> Path:
    """16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[1])
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def write_float_wav(path: Path, samples: Samples) -> Path:
    """32-bit float WAV, which can hold NaN."""
    data = samples.astype("<f4").tobytes()
    channels = samples.shape[1]
    layout = struct.pack("<HHIIHH", 3, channels, RATE, RATE * 4 * channels, 4 * channels, 32)
    body = b"WAVEfmt " + struct.pack("<I", 16) + layout
    body += b"data" + struct.pack("<I", len(data)) + data
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


def write(path: Path, codec: str, rate: int, channels: int) -> Path:
    """A file of any codec that PyAV can write."""
    samples = sound(rate, channels)
    with av.open(str(path), "w") as container:
        target = container.add_stream(codec, rate=rate)
        assert isinstance(target, av.AudioStream)
        target.layout = "mono" if channels == 1 else "stereo"
        size = target.codec_context.frame_size or 1_024
        converter = av.AudioResampler(
            format=target.codec_context.format, layout=target.layout, rate=rate, frame_size=size
        )
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.T), format="fltp", layout=target.layout.name
        )
        frame.sample_rate = rate
        frame.pts = 0
        for piece in [*converter.resample(frame), *converter.resample(None)]:
            container.mux(target.encode(piece))
        container.mux(target.encode(None))
    return path


def decoded(*paths: Path) -> Samples:
    """All of the stream in one piece."""
    return np.concatenate([chunk.samples for chunk in stream(paths)])


FORMATS = [
    ("a.wav", "pcm_s16le", 16_000, 1),
    ("a.wav", "pcm_s16le", 8_000, 1),
    ("a.wav", "pcm_s16le", 48_000, 2),
    ("a.flac", "flac", 16_000, 1),
    ("a.mp3", "libmp3lame", 16_000, 1),
    ("a.opus", "libopus", 48_000, 2),
    ("a.m4a", "aac", 44_100, 2),
    ("a.webm", "libopus", 48_000, 1),
]


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), FORMATS)
def test_a_format_is_read(tmp_path: Path, name: str, codec: str, rate: int, channels: int) -> None:
    """Length, channels and pitch come out right at 16 kHz, from any format and rate."""
    path = write(tmp_path / name, codec, rate, channels)
    info = check(path)
    assert info.channels == channels
    assert info.duration_ms == pytest.approx(SECONDS * 1_000, abs=120)
    samples = decoded(path)
    assert samples.dtype == np.float32
    assert samples.shape[1] == channels
    assert len(samples) == pytest.approx(info.duration_ms * RATE / 1_000, abs=8)
    for channel in range(channels):
        spectrum = np.abs(np.fft.rfft(samples[RATE : 2 * RATE, channel]))
        assert int(spectrum.argmax()) == pytest.approx(440 + 220 * channel, abs=2)
        assert np.abs(samples[RATE:-RATE, channel]).max() == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), FORMATS)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_file_is_refused(
    tmp_path: Path, name: str, codec: str, rate: int, channels: int, share: float
) -> None:
    """A file whose end is missing is bad input, whatever its format."""
    path = write(tmp_path / name, codec, rate, channels)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(AudioError, match="cut short") as caught:
        check(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_chunks_follow_one_another(tmp_path: Path) -> None:
    """Each chunk starts where the one before ended, to the millisecond."""
    path = write_wav(tmp_path / "a.wav", sound(RATE))
    at = 0
    for chunk in stream([path]):
        assert chunk.start_ms == at * 1_000 // RATE
        assert len(chunk.samples) <= CHUNK
        at += len(chunk.samples)
    assert at == SECONDS * RATE


def test_parts_are_one_recording(tmp_path: Path) -> None:
    """Several files run on from one another without a break."""
    whole = sound(RATE)
    parts = [
        write_wav(tmp_path / f"{number}.wav", part)
        for number, part in enumerate(np.split(whole, [70_000]))
    ]
    together = decoded(*parts)
    assert np.array_equal(together, decoded(write_wav(tmp_path / "whole.wav", whole)))


def test_parts_must_agree(tmp_path: Path) -> None:
    """Parts with other channels are not one recording."""
    one = write_wav(tmp_path / "one.wav", sound(RATE, 1))
    two = write_wav(tmp_path / "two.wav", sound(RATE, 2))
    with pytest.raises(AudioError, match=r"two\.wav: 2 channels, but the parts before have 1"):
        decoded(one, two)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The error names the file that is not there."""
    with pytest.raises(AudioError, match=r"nowhere\.wav: no such file"):
        check(tmp_path / "nowhere.wav")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is not a file."""
    with pytest.raises(AudioError, match="not a file"):
        check(tmp_path)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A file of no bytes is said to be empty."""
    path = tmp_path / "a.wav"
    path.touch()
    with pytest.raises(AudioError, match=r"a\.wav: empty"):
        check(path)


def test_a_file_without_samples_is_refused(tmp_path: Path) -> None:
    """A header alone is no recording."""
    path = write_wav(tmp_path / "a.wav", sound(RATE, seconds=0.0))
    with pytest.raises(AudioError, match="no sound"):
        check(path)


@pytest.mark.parametrize("name", ["a.wav", "a.mp3", "a.txt", "a.m3u8", "a"])
def test_text_is_refused(tmp_path: Path, name: str) -> None:
    """A file that is no sound is refused, whatever it is called."""
    path = tmp_path / name
    path.write_text("您好, this is not a recording.\n" * 200, encoding="utf-8")
    with pytest.raises(AudioError) as caught:
        check(path)
    assert str(path) in str(caught.value)


def test_a_playlist_leads_nowhere(tmp_path: Path) -> None:
    """A file that names another does not make the program open that."""
    path = tmp_path / "a.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.aac\n#EXT-X-ENDLIST\n")
    with pytest.raises(AudioError):
        check(path)


def test_random_bytes_are_refused(tmp_path: Path) -> None:
    """Noise in place of a file's contents is no sound."""
    path = tmp_path / "a.mp3"
    path.write_bytes(np.random.default_rng(1).bytes(50_000))
    with pytest.raises(AudioError):
        check(path)


def test_five_channels_are_refused(tmp_path: Path) -> None:
    """More than two channels cannot be told apart, and the error says what to give."""
    path = write_wav(tmp_path / "five.wav", sound(RATE, 5))
    with pytest.raises(AudioError, match=r"five\.wav: 5 channels: give mono or two channels"):
        check(path)


def test_a_picture_is_refused(tmp_path: Path) -> None:
    """A file with a picture and no sound is refused."""
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as container:
        target = container.add_stream("mpeg4", rate=10)
        assert isinstance(target, av.VideoStream)
        target.width = target.height = 64
        target.pix_fmt = "yuv420p"
        for _ in range(10):
            picture = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            container.mux(target.encode(picture))
        container.mux(target.encode(None))
    with pytest.raises(AudioError, match="holds no sound"):
        check(path)


def test_unknown_samples_stay_unknown(tmp_path: Path) -> None:
    """NaN in a file is neither a crash nor turned into silence: it is handed on."""
    samples = sound(RATE)
    samples[RATE : RATE + 800] = np.nan
    path = write_float_wav(tmp_path / "a.wav", samples)
    assert check(path).duration_ms == SECONDS * 1_000
    found = decoded(path)
    assert np.isnan(found[RATE : RATE + 800]).all()
    assert np.isfinite(found[: RATE - 100]).all()
    assert np.isfinite(found[RATE + 900 :]).all()


def test_lost_time_is_unknown_sound(tmp_path: Path) -> None:
    """Where the file's own stamps skip, the time that is lost stays in the recording."""
    path = tmp_path / "a.mkv"
    samples = (sound(RATE, seconds=4.0)[:, 0] * 32_767).astype(np.int16)
    with av.open(str(path), "w") as container:
        target = container.add_stream("pcm_s16le", rate=RATE)
        assert isinstance(target, av.AudioStream)
        target.layout = "mono"
        for number, block in enumerate(np.split(samples, 40)):
            frame = av.AudioFrame.from_ndarray(block[None], format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = number * len(block) + (2 * RATE if number >= 20 else 0)
            container.mux(target.encode(frame))
        container.mux(target.encode(None))
    assert check(path).duration_ms == pytest.approx(6_000, abs=5)
    found = decoded(path)
    assert len(found) == pytest.approx(6 * RATE, abs=80)
    assert np.isnan(found[2 * RATE + 50 : 4 * RATE - 50]).all()
    assert np.isfinite(found[4 * RATE + 50 :]).all()


def test_a_wav_that_was_streamed_is_read(tmp_path: Path) -> None:
    """A header written before the length was known promises nothing, and is no fault."""
    path = write_wav(tmp_path / "a.wav", sound(RATE))
    content = bytearray(path.read_bytes())
    content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert check(path).duration_ms == pytest.approx(SECONDS * 1_000, abs=1)


def test_strange_metadata_do_not_matter(tmp_path: Path) -> None:
    """Titles that are no proper text are not read."""
    path = write_wav(tmp_path / "a.wav", sound(RATE))
    content = path.read_bytes()
    content += b"LIST" + struct.pack("<I", 16) + b"INFOINAM" + struct.pack("<I", 4)
    content += b"\xff\xfe\x80\xc3"
    path.write_bytes(content[:4] + struct.pack("<I", len(content) - 8) + content[8:])
    assert check(path).duration_ms == SECONDS * 1_000


def test_a_file_says_when_it_was_written(tmp_path: Path) -> None:
    """The time of the file is aware, and the header is read without decoding."""
    path = write_wav(tmp_path / "a.wav", sound(8_000), 8_000)
    os.utime(path, (1_800_000_000, 1_800_000_000))
    info = probe(path)
    assert info.modified_at == dt.datetime.fromtimestamp(1_800_000_000, dt.UTC)
    assert (info.rate, info.channels, info.codec) == (8_000, 1, "pcm_s16le")
    assert info.duration_ms == SECONDS * 1_000


def test_the_sum_is_that_of_the_bytes(tmp_path: Path) -> None:
    """The same recording has the same SHA-256."""
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert sha256(path) == hashlib.sha256(b"abc").hexdigest()
    with pytest.raises(AudioError, match="cannot be read"):
        sha256(tmp_path / "nowhere")
