"""What the evidence card says, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "wave": ("录音波形", "The clip's sound"),
    "beside": ("应说与听到，逐字对照", "Due and heard, character by character"),
    "beside_note": (
        "＝ 相同　≈ 音同字不同　≠ 不同　∅ 没听到　＋ 多出的字。金额按读法写出。",
        "＝ the same  ≈ another character of the same sound  ≠ another sound  ∅ not heard  "
        "＋ heard beside it. Sums as they are spoken.",
    ),
    "due_line": ("应说", "Due"),
    "heard_line": ("听到", "Heard"),
    "pinyin": ("拼音", "Pinyin"),
    "compared": ("对照", "Compared"),
    "place.same": ("相同", "the same"),
    "place.sound": ("音同字不同", "another character of the same sound"),
    "place.other": ("不同", "another sound"),
    "place.missing": ("没听到", "not heard"),
    "place.extra": ("多出", "heard beside it"),
    "bar": ("门槛", "Bar"),
    "bar_note": (
        "得分达到门槛才算说了；低于门槛、不低于 {unsure} 的只算存疑。",
        "What reaches its bar counts as said; under it, from {unsure} on, it may have been said.",
    ),
    "bar_other": (
        "评定时用的是另一套门槛（见版本），这里无法列出。",
        "It was graded with other thresholds (see the versions): they are not at hand here.",
    ),
    "reached": ("达到", "reached"),
    "under": ("未达到", "under it"),
    "sums": ("金额", "Sums"),
    "sum.fare": ("通行费", "Fare"),
    "sum.received": ("收", "Received"),
    "sum.change": ("找", "Change"),
    "sum.due": ("应为（元）", "Should be (yuan)"),
    "sum.said": ("听到（元）", "Heard (yuan)"),
    "sums_note": (
        "“应为”取自车道或评定时所依据的金额；“金额不符”只说明所说金额不同，不说明钱有差错。",
        "What it should be is as the lane, or what the verdict rests on, has it. A sum that "
        "differs is about what was said, not about money.",
    ),
    "proof.none": (
        "账本里没有本结果的条目：它早于账本，或收费亭的账本还没有传齐。",
        "No entry of the ledger states this result: it is older than the ledger, or the booth's "
        "has not come whole yet.",
    ),
    "proof.holds": (
        "已验证：本结果自写入账本后未被改动。",
        "Checked just now: this result was not changed since it was stated.",
    ),
    "proof.broken": (
        "验证不通过：请勿据此作任何决定，并运行 changshou verify-ledger。",
        "It does not hold: decide nothing by it, and run changshou verify-ledger.",
    ),
    "proof.erased": (
        "其中的文字已依规删除，只能证明其余内容。",
        "Words of it were erased: of them nothing can be shown any more.",
    ),
    "proof.stated": ("所存内容与条目所述一致", "What is stored is what the entry states"),
    "proof.chained": (
        "条目的哈希正确，且接在前一条之后",
        "The entry's hash is its own, and it follows the entry before it",
    ),
    "proof.included": ("从条目到根的路径成立", "The way from the entry up to the root holds"),
    "proof.sealed": ("根由本账本登记的密钥签名", "The root is signed with a key of this chain"),
    "proof.yes": ("成立", "holds"),
    "proof.no": ("不成立", "does not hold"),
    "proof.entry": ("条目", "Entry"),
    "proof.leaf": ("叶（条目的哈希）", "Leaf (the entry's hash)"),
    "proof.path": ("路径", "Way up"),
    "proof.left": ("左", "left"),
    "proof.right": ("右", "right"),
    "proof.root": ("根", "Root"),
    "proof.key": ("公钥", "Public key"),
    "proof.signature": ("签名", "Signature"),
    "proof.more": ("账本里的凭据", "What stands in the ledger"),
    "proof.scope": (
        "这里只验证本条；整个账本由 changshou verify-ledger 验证。",
        "This checks the one entry; changshou verify-ledger checks the whole ledger.",
    ),
    "version.program": ("程序", "Program"),
    "version.catalog": ("用语目录", "Catalog"),
    "version.dialogue": ("流程", "Dialogue"),
    "version.score_table": ("评分表", "Score table"),
    "version.calendar": ("日历", "Calendar"),
    "version.model": ("语音模型", "Speech model"),
    "version.thresholds": ("门槛", "Thresholds"),
    "version.grading": ("评定", "Grading"),
    "silenced": ("静音（他人说话或未收听）", "Silenced: others spoke, or nobody listened"),
    "mark.gap": ("没有听到", "Not listened to"),
    "mark.found": ("听到", "Heard"),
    "mark.here": ("发现位置", "Found here"),
}
