"""What the warnings of gradings say in Chinese, by their codes; English is the stored sentence."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping

CHINESE: Mapping[str, str] = {
    "file_clock": "开始时间按文件时间减去时长推算：与钟点、日期有关的最多判为存疑",
    "clock_set": "机器的时钟被调过：与钟点、日期有关的最多判为存疑",
    "inferred": "没有车道事件：每辆车从何时到何时，是按说的话推断的",
    "still_there": "录音结束时，车辆{vehicle}还没有离开",
    "goes_on": "最后一个车道事件之后，录音还有{minutes}分钟",
    "sorted": "车道事件没有按到达先后排列，已重新排序",
    "overlap": "车辆{before}还没有离开，车辆{after}就到了",
    "underpaid": "车辆{vehicle}的收款少于通行费",
    "passed_over": "不认识“{field}”，已略过",
    "year_unknown": ("不知道{year}年的放假和调休安排，当日用语一律存疑；请写入本站的调休文件"),
    "years_differ": "{year}年：本站的文件与 {library} 在{days}不一致；以本站的文件为准",
    "unclipped_one": "有1辆车没有存下录音片段：{why}",
    "unclipped": "有{count}辆车没有存下录音片段：{why}",
    "clip_unread": "录音已无法读取",
    "clip_unwritten": "片段文件夹 {folder} 写不进去：{system}",
}
SYSTEM: Mapping[str, str] = {
    os.strerror(errno.ENOSPC): "磁盘已满",
    os.strerror(errno.EDQUOT): "超出磁盘配额",
    os.strerror(errno.EFBIG): "文件太大",
    os.strerror(errno.EROFS): "磁盘只读",
    os.strerror(errno.EACCES): "没有权限",
    os.strerror(errno.EIO): "读写出错",
}
"""what the system says of a file; what is not here stands as it is"""
