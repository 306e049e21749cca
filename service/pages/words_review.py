"""What the pages of reviews and appeals say, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "reviews": ("复核", "Reviews"),
    "review": ("复核", "Review"),
    "waits_for_me": ("待我复核", "Waiting for me"),
    "waits_for_answer": ("待答复的申诉", "Appeals to answer"),
    "nothing_waits": ("没有待处理的内容。", "Nothing waits."),
    "not_mine": (
        "当班人员、同班组人员不复核自己的班次，这里不会列出。",
        "Whoever was on a shift does not review it, and finds nothing of it here.",
    ),
    "open": ("待复核", "to be reviewed"),
    "lapsed": ("已失效，不计", "lapsed: it counts for nothing"),
    "untold": ("无法判断", "could not be told"),
    "dismissed": ("驳回", "dismissed"),
    "confirmed": ("确认", "confirmed"),
    "appealed": ("已申诉", "appealed"),
    "stands": ("确定", "stands"),
    "overturned": ("申诉成立", "overturned"),
    "due_until": ("期限", "Until"),
    "why.chance": ("抽样", "drawn by chance"),
    "why.complaint": ("投诉", "complaint"),
    "why.forbidden": ("服务忌语", "forbidden phrase"),
    "why_drawn": ("来源", "Why looked at"),
    "as_found": ("程序的发现", "What the program found"),
    "evidence": ("看证据卡", "See the evidence"),
    "in_the_clip": ("录音中约在", "In the clip at about"),
    "your_decision": ("您的判断", "Your decision"),
    "confirm": ("确认：确如所述", "Confirm: it is as found"),
    "dismiss": ("驳回：并非如此", "Dismiss: it is not"),
    "cannot_tell": ("听不清，无法判断", "It cannot be told"),
    "why_decided": ("理由（必填）", "Reason (needed)"),
    "in_clip": (
        "录音里有哪些用语（可不填）：编号用 + 连接，如 flow.received=50+flow.thanks",
        "What the clip holds (not needed): ids joined by +, such as flow.received=50+flow.thanks",
    ),
    "decide": ("提交并看下一条", "Decide, and go on"),
    "next": ("跳过，看下一条", "Skip to the next"),
    "keys": (
        "快捷键：P 播放，1 确认，2 驳回，3 无法判断，N 下一条；Ctrl+Enter 提交",
        "Keys: P play, 1 confirm, 2 dismiss, 3 cannot tell, N next; Ctrl+Enter sends",
    ),
    "decided": ("复核结果", "What was decided"),
    "appeal": ("申诉", "Appeal"),
    "appeal_words": ("想说的话（可不填）", "What you want to say (not needed)"),
    "appeal_send": ("我不同意，申诉", "I do not agree: appeal"),
    "appeal_until": ("可申诉至", "May be appealed against until"),
    "appeal_due": (
        "答复期限，逾期按收费员有利处理",
        "To be answered, or it is decided for the collector",
    ),
    "answer": ("答复", "Answer"),
    "grant": ("申诉成立", "Grant it"),
    "refuse": ("维持原结果", "Refuse it"),
    "answer_send": ("答复（最终）", "Answer, for good"),
    "answered_by_time": ("逾期无人答复", "nobody answered in time"),
    "sent_401": (
        "您已退出登录：请在另一个窗口登录后再提交。",
        "You are signed out: sign in in another window, then send again.",
    ),
    "sent_403": ("您不能处理这一条。", "This one is not yours to decide."),
    "sent_409": (
        "没有提交：已有人处理、期限已过，或应由别人来做。",
        "Not taken: somebody has acted on it, its time is over, or another must do it.",
    ),
    "sent_other": ("没有提交成功。", "It was not taken."),
}
