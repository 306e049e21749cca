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
        "服务器先把文件写好，可以离开，稍后在“文件”里下载；四十万辆车约需一到两分钟。",
        "The server writes the file first: you may leave, and fetch it under “Files” later. "
        "400,000 vehicles take one or two minutes.",
    ),
    "write_csv": ("生成 CSV", "Write as CSV"),
    "write_xlsx": ("生成 XLSX", "Write as XLSX"),
    "lists_full": (
        "您已有三个文件：先在“文件”里删除一个，再生成新的。",
        "You have three files: delete one under “Files” before you ask for another.",
    ),
    "report.files": ("文件", "Files"),
    "files_note": (
        "一个写完再写下一个。本页自动更新，可以离开再回来；写好后保留一天，每人最多三个，只有您本人能看到。"
        "服务器重启后文件不再保留，需重新生成。",
        "One is written after the other. This page keeps itself up to date; you may leave it and "
        "come back. A file is kept for a day, three for each person at most, and nobody else sees "
        "yours. A restart of the server forgets them: ask again.",
    ),
    "files_none": (
        "没有文件。在月报或日报里生成车辆清单。",
        "There are none. A month or a day has its list of vehicles written.",
    ),
    "files_ready": ("写好的文件", "Files that are written"),
    "file_waits": ("排队中，前面还有", "waits; before it there are"),
    "file_counts": ("正在数车辆……", "counting the vehicles …"),
    "file_runs": ("已写车辆", "vehicles written"),
    "file_packs": ("正在打包……", "packing it …"),
    "file_fetch": ("下载", "Fetch"),
    "file_delete": ("删除", "Delete"),
    "list_failed": ("没有写成", "It could not be written"),
    "list.no_room": (
        "服务器的磁盘已满或将满：请缩短日期范围，或请管理员腾出空间。",
        "The server’s disk is full, or nearly: ask for fewer days, or have room made.",
    ),
    "list.disk": (
        "服务器无法写入磁盘：请管理员查看日志。",
        "The server cannot write to its disk: have its log looked at.",
    ),
    "list.database": ("数据库没有回答：请重新生成。", "The database did not answer: ask again."),
    "list.broken": ("程序出错，已记入日志。", "The program failed at it; it was logged."),
}
