"""What the pages of trainings say, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "trainings": ("培训", "Trainings"),
    "training": ("培训", "Training"),
    "training.course": ("课程", "Course"),
    "training.place": ("地点", "Place"),
    "training.begins": ("开始", "Begins"),
    "training.ends": ("结束", "Ends"),
    "training.cost": ("费用（元，可不填）", "Cost in yuan, if it is known"),
    "training.invited": ("应到", "Invited"),
    "training.present": ("实到", "Present"),
    "training.mine": ("我的培训", "Yours"),
    "training.all": ("培训计划和记录", "Planned and held"),
    "training.plan": ("安排培训", "Plan a training"),
    "training.plan_note": (
        "安排好后不能改，只能取消后重新安排。",
        "What is planned cannot be changed: it is called off, and planned anew.",
    ),
    "training.people": ("培训对象", "For whom"),
    "training.nobody": ("本站还没有可培训的人。", "There is nobody to be trained at this station."),
    "training.off": ("已取消", "called off"),
    "training.call_off": ("取消培训", "Call it off"),
    "training.presence": ("登记出勤", "Write down who was there"),
    "training.was_there": ("到了", "present"),
    "training.was_not": ("没到", "absent"),
    "training.unsaid": ("未登记", "nobody has said"),
    "training.hard": ("大家觉得难的", "What the station finds hard"),
    "training.hard_note": (
        "前四个整周，至少几个人练过才列出，每人一样重，看不出是谁：人数下限",
        "Of the four whole weeks before, only what enough people tried, each weighing the same; at "
        "least",
    ),
    "training.tried": ("练过的人", "People"),
    "training.month": ("月度总览", "The month"),
}
