"""What the page of reports says, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, tuple[str, str]] = {
    "reports": ("报表", "Reports"),
    "as_file": ("下载", "As a file"),
    "report.month": ("月报", "A month"),
    "report.day": ("日报", "A day"),
    "report.stations": ("各站对比", "Stations"),
    "month": ("月份", "Month"),
    "no_station": (
        "还没有可看的收费站：收到第一个班次后才有。",
        "There is no station to report on: there is one after the first shift.",
    ),
    "no_month": ("月份要写成 2026-11 这样。", "Write the month as 2026-11."),
    "kind.town": ("县城及以上", "town"),
    "kind.rural": ("其他", "rural"),
    "station_kind": ("类别", "Kind"),
    "guide": ("指导线", "The guide"),
    "guide.reached": ("整个区间达到", "reached by the whole interval"),
    "guide.open": ("区间跨过，未定", "within the interval: open"),
    "guide.below": ("整个区间低于", "the whole interval is below"),
    "guide.none": ("无分", "no score"),
    "place": ("名次（可能范围）", "Place (any of these)"),
    "place_note": (
        "区间重叠的不分先后：名次写的是最好到最差的可能。",
        "Where intervals overlap nobody is before another: the place goes from the best to the "
        "worst that is possible.",
    ),
    "target": ("目标", "Target"),
    "target.all": ("全部站", "all stations"),
    "target.town": ("县城及以上站", "stations of towns"),
    "target.rural": ("其他站", "the others"),
    "reached_of": ("达到", "Reached"),
    "should_be": ("应达到", "Should be"),
    "met": ("完成", "Met"),
    "yes": ("是", "yes"),
    "no": ("否", "no"),
    "proposed_sites": ("建议标杆单位（由人评定）", "Proposed as model sites (a person awards)"),
    "nobody_stands_out": ("没有谁确定高于其他", "none is above the others for certain"),
    "kept_months": ("已留存的月份", "Months that were kept"),
    "version": ("版本", "Version"),
    "made_at": ("生成时间", "Made at"),
    "vehicle_list": ("车辆清单", "List of vehicles"),
    "vehicle_list_note": (
        "CSV 边读边下载，浏览器显示进度，可以离开本页；XLSX 先在服务器写好，四十万辆约两分钟。",
        "CSV is sent as it is read: the browser shows how far it is, and one may leave the page. "
        "XLSX is written first: two minutes for 400,000 vehicles.",
    ),
}
