"""What the pages say, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from service.pages import (
    words_card,
    words_catalog,
    words_check,
    words_complaint,
    words_consequence,
    words_drills,
    words_exams,
    words_report,
    words_review,
    words_training,
)

Language = Literal["zh", "en"]
LANGUAGES: Mapping[Language, str] = {"zh": "中文", "en": "English"}

_SHARED: Mapping[str, tuple[str, str]] = {
    "title": ("唱收", "Changshou"),
    "sign_in": ("登录", "Sign in"),
    "sign_out": ("退出", "Sign out"),
    "login": ("账号", "Account"),
    "password": ("密码", "Password"),
    "code": ("动态码（如已启用）", "One-time code, if you have one"),
    "wrong": ("账号、密码或动态码不对。", "Account, password or code is not right."),
    "locked": ("尝试次数太多，请稍后再试。", "Too many attempts: try again later."),
    "unreached": ("服务器没有回答，请再试一次。", "The server did not answer: try again."),
    "now": ("现在", "Now"),
    "shifts": ("班次", "Shifts"),
    "ask": ("查询", "Ask"),
    "forbidden": ("您的角色不能看这一页。", "Your roles do not allow this page."),
    "not_found": (
        "没有这一页，或它不在您的范围内。",
        "There is no such page, or it is not yours to see.",
    ),
    "broken": ("出错了，请再试一次；已记入日志。", "Something broke: try again. It was logged."),
    "empty": ("还没有数据。", "There is nothing here yet."),
    "booth": ("收费亭", "Booth"),
    "state": ("状态", "State"),
    "listening": ("正在听", "listening"),
    "deaf": ("听不到", "deaf"),
    "offline": ("离线", "offline"),
    "idle": ("无人上岗", "no shift"),
    "since": ("开始于", "from"),
    "seen": ("最近联系", "last heard of"),
    "never": ("从未", "never"),
    "said_so_far": ("刚说到", "said so far"),
    "last_findings": ("最近的发现", "Last findings"),
    "running": ("正在进行的班次", "Running shifts"),
    "collector": ("收费员", "Collector"),
    "team": ("班组", "Team"),
    "station": ("收费站", "Station"),
    "started": ("开始", "Started"),
    "vehicles": ("车辆", "Vehicles"),
    "vehicle": ("车辆", "Vehicle"),
    "compliant": ("合规", "compliant"),
    "fault": ("有误", "fault"),
    "unsure": ("存疑", "unsure"),
    "remark": ("提示", "remark"),
    "score": ("得分", "Score"),
    "outcome": ("结果", "Outcome"),
    "findings": ("发现", "Findings"),
    "finding": ("发现", "Finding"),
    "gaps": ("没有听到的时段", "Not heard"),
    "gap": ("没有听到", "not heard"),
    "lasts": ("进行中", "running"),
    "complete": ("已结束", "closed"),
    "duration": ("时长", "Length"),
    "from": ("从", "From"),
    "to": ("到", "To"),
    "show": ("显示", "Show"),
    "all": ("全部", "All"),
    "timeline": ("时间线", "Timeline"),
    "how_score": (
        "得分怎么来的：应说且能判断的步骤里，说到的权重 ÷ 应说的权重 × 100；存疑和免除的不计。",
        "How the score came about: the weight of steps said ÷ the weight of steps due and "
        "judged × 100; what is unsure or excused is left out.",
    ),
    "step": ("步骤", "Step"),
    "said": ("说了", "said"),
    "missing": ("没说", "missing"),
    "wrong_said": ("说错", "wrong"),
    "excused": ("免除", "excused"),
    "heard": ("听到", "Heard"),
    "expected": ("应说", "Expected"),
    "reason": ("原因", "Why"),
    "at": ("时间", "At"),
    "card": ("证据卡", "Evidence"),
    "clip": ("录音", "Clip"),
    "no_clip": ("这辆车没有保存录音。", "No sound of this vehicle was kept."),
    "clip_coming": (
        "录音在收费亭，已请求传来；十秒后再试。",
        "The clip is at its booth and was asked for: try again in ten seconds.",
    ),
    "clip_note": (
        "打开录音会留下记录，当事人可以看到。",
        "Who opens a clip is written down, for the collector to see.",
    ),
    "open_clip": ("打开录音", "Open the clip"),
    "due": ("当时应说", "Due then"),
    "transcript": ("记录", "Transcript"),
    "withheld": ("（与规范用语无关，未保存）", "(nothing of the standard phrases in it: not kept)"),
    "far": ("（另一侧有人说话，未识别）", "(somebody on the far side spoke: not recognised)"),
    "versions": ("版本", "Versions"),
    "proof": ("存证", "Proof"),
    "more": ("更早的 →", "Earlier →"),
    "back": ("返回", "Back"),
    "optional": ("可选", "optional"),
    "by": ("按", "By"),
    "hour": ("小时", "hour"),
    "weather": ("天气", "weather"),
    "day": ("日期", "day"),
    "before": ("上一时段", "before"),
    "share": ("占车辆", "of vehicles"),
    "rate": ("合规率", "Compliance"),
    "interval": ("95% 区间", "95 % interval"),
    "misses": ("最常漏说", "Commonest misses"),
    "deaf_minutes": ("各亭听不到的分钟", "Deaf minutes per booth"),
    "minutes": ("分钟", "minutes"),
    "synthetic": ("演示数据，由程序生成。", "Demonstration: made by a program."),
    "filter": ("筛选", "Filter"),
    "skip": ("跳到正文", "Skip to the content"),
    "language": ("English", "中文"),
    "step.greet": ("问候", "greeting"),
    "step.received": ("唱收", "sum received"),
    "step.change": ("唱付", "change given"),
    "step.ticket": ("递票", "ticket"),
    "step.card": ("递卡", "card"),
    "step.thanks": ("致谢", "thanks"),
    "step.go_well": ("祝行", "wish for the road"),
    "step.open": ("开头", "opening"),
    "step.close": ("结束", "close"),
    "step.take": ("接班", "taking over"),
    "step.give": ("交班", "handing over"),
    "step.positions": ("就位", "positions"),
    "code.amount.received": ("唱收金额不符", "sum received differs"),
    "code.amount.change": ("唱付金额不符", "change differs"),
    "code.context.festival": ("节日用语", "festival line"),
    "code.context.weekend": ("周末用语", "weekend line"),
    "code.context.weather": ("天气用语", "weather line"),
    "code.context.notice": ("通知用语", "notice"),
    "code.context.clock": ("时段问候", "greeting of the hour"),
    "code.order": ("顺序", "order"),
    "code.slow": ("用时偏长", "slow"),
    "code.missing": ("没说", "not said"),
    "code.forbidden": ("服务忌语", "forbidden phrase"),
    "nothing_found": ("没有符合条件的内容。", "Nothing fits."),
}

AREAS = (
    _SHARED,
    words_card.WORDS,
    words_catalog.WORDS,
    words_check.WORDS,
    words_complaint.WORDS,
    words_consequence.WORDS,
    words_drills.WORDS,
    words_exams.WORDS,
    words_report.WORDS,
    words_review.WORDS,
    words_training.WORDS,
)
"""what every page may say, and what the pages of one area do"""
_WORDS = {name: pair for area in AREAS for name, pair in area.items()}


def say(language: Language, name: str) -> str:
    """The words of that name; the name itself where there are none."""
    pair = _WORDS.get(name)
    return name if pair is None else pair[0 if language == "zh" else 1]


def step(language: Language, name: str) -> str:
    """A step of a dialogue; its id where a station has one of its own."""
    words = say(language, f"step.{name}")
    return name if words.startswith("step.") else words


def code(language: Language, name: str) -> str:
    """A finding's code in words; the code itself where there are none."""
    head, _, rest = name.partition(".")
    if head == "missing":
        return f"{say(language, 'code.missing')}: {step(language, rest)}"
    if head == "forbidden":
        return say(language, "code.forbidden")
    words = say(language, f"code.{name}")
    return name if words.startswith("code.") else words


def missing() -> list[str]:
    """Names of which a language has no words."""
    return [name for name, pair in _WORDS.items() if not all(word.strip() for word in pair)]
