"""What the pages of exams say."""

from __future__ import annotations

from collections.abc import Mapping

SAY: Mapping[str, tuple[str, str]] = {
    "exam_waits": ("已收到，正在判断……", "Taken; it is being judged …"),
    "exam_refused": ("没有接受：", "It was not taken:"),
    "exam_none_chosen": ("请至少选一句。", "Choose a line at least."),
}

WORDS: Mapping[str, tuple[str, str]] = {
    **SAY,
    "exams": ("考试", "Exams"),
    "exam_sitting": ("参加考试", "Sitting an exam"),
    "exam_sheet": ("成绩单", "Result sheet"),
    "exam_intro": (
        "开始后计时。每句说一次；没法判断的可以再说，不算错。没有提示，没有示范。",
        "The time runs once you begin. Each line is said once; what could not be judged may be "
        "said again and is no fault. There are no hints and no model.",
    ),
    "exam_none": ("没有考试。", "There are no exams."),
    "exam_title": ("名称", "Title"),
    "exam_count": ("题数", "Items"),
    "exam_minutes": ("分钟", "Minutes"),
    "exam_mark": ("及格分", "Pass mark"),
    "exam_retries": ("可补考次数", "Retries"),
    "exam_closes": ("截止", "Closes"),
    "exam_begin": ("开始考试", "Begin"),
    "exam_set_by_you": ("您出的考试，由别人来考。", "You set it: others sit it."),
    "exam_own": ("您的考试", "Your sittings"),
    "exam_result": ("结果", "Result"),
    "exam_passed": ("及格", "passed"),
    "exam_failed": ("不及格", "not passed"),
    "exam_open": ("待考官听", "a trainer is to hear it"),
    "exam_running": ("进行中", "under way"),
    "exam_who": ("考生", "Who"),
    "exam_started": ("开始于", "Begun"),
    "exam_until": ("请在此前交卷：", "To be done by:"),
    "exam_item": ("第 {n} 题，共 {of} 题", "Item {n} of {of}"),
    "exam_turn": ("已说 {n} 次，最多 3 次", "said {n} times, of 3 at most"),
    "exam_again": ("上一次没法判断，请再说：", "The last could not be judged; say it again:"),
    "exam_finish": ("交卷", "Hand it in"),
    "exam_judged_soon": (
        "正在判断；判断完毕后这一页会自己更新。",
        "It is being judged; this page goes on by itself.",
    ),
    "exam_all_said": (
        "都说完了，交卷后出成绩单。",
        "All is said: hand it in, and the result sheet comes.",
    ),
    "exam_score": ("得分", "Score"),
    "exam_doubt": ("其余无法判断，可能在", "what could not be judged leaves it between"),
    "exam_set": ("出一份考试", "Set an exam"),
    "exam_lines": ("考哪些句子", "Which lines"),
    "exam_by_heart": ("默背：不显示原文，只给场景", "By heart: only the scene is shown"),
    "exam_archive": ("档案", "Archive"),
    "exam_archive_none": (
        "还没有人参加过考试；考过的都记在这里。",
        "Nobody has sat an exam yet; every sitting will be kept here.",
    ),
    "exam_sample": ("按月抽查", "The month's spot check"),
    "exam_sample_how": (
        "程序在当月已出成绩、还没有人复听的考试中随机抽取，本月内抽到的不变。打开一份：听每句录音，看判断对不对、"
        "分数合不合适，再写下您的结论和理由；写过的就不再列出。",
        "Drawn by chance from the month's settled sittings that nobody has looked at yet; the draw "
        "stays the same all month. Open one: hear each line, see whether it was judged rightly and "
        "the mark is fair, then write down what you find and why. It is then no longer listed.",
    ),
    "exam_sample_none": (
        "这个月没有要抽查的考试：还没有出成绩的，或者都复听过了。",
        "There is nothing to check in this month: no sitting is settled, or all were looked at.",
    ),
    "exam_heard": ("听录音", "Hear it"),
    "exam_looks": ("考官复听", "What trainers who heard it said"),
    "exam_look": ("我的结论", "What I find"),
    "exam_look_why": ("理由", "Why"),
    "exam_look_send": ("记入成绩单", "Write it down"),
    "exam_said": ("说的", "Said"),
    "exam_line": ("应说", "Line"),
    "exam_unjudged": ("没法判断", "not judged"),
}
