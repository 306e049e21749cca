"""What the pages of drills say."""

from __future__ import annotations

from collections.abc import Mapping

from service.drill_trouble import TOLD

_SENTENCES = {trouble.value: (told.zh, told.en) for trouble, told in TOLD.items()}

SHARED: Mapping[str, tuple[str, str]] = {
    **_SENTENCES,
    "insecure": (
        "浏览器只在加密的网页上开放话筒：请用 https:// 打开本站（见管理员），或上传一段录音。",
        "A browser gives the microphone to encrypted pages only: open this one with https:// "
        "(ask whoever runs it), or upload a recording.",
    ),
    "in_use": (
        "话筒正被别的程序占用：关掉它，再按“开始”。",
        "Another program has the microphone: close it, then press Start.",
    ),
    "no_sound_file": (
        "这个文件里没有能读的声音：请上传 WAV、MP3、Opus 或 FLAC。",
        "There is no sound in this file that can be read: upload WAV, MP3, Opus or FLAC.",
    ),
    "signed_out": (
        "您已退出登录：重新登录后再练，这次不计。",
        "You are signed out: sign in again; this try does not count.",
    ),
    "broken_drill": (
        "出错了：这次不计，请再试一次。",
        "Something broke: this try does not count; try again.",
    ),
    "reconnecting": (
        "连接断了，正在重连；您说的话还在，连上后自动再送。",
        "The connection was lost and is being made again; what you said is kept and sent then.",
    ),
    "speak_now": ("请说话。", "Speak now."),
    "judging": ("正在判断……", "Judging …"),
    "ahead": ("前面还有 {n} 个，请稍等。", "{n} before you: one moment."),
    "meddled": (
        "注意：浏览器没有关掉这些处理，声调可能判断不准：",
        "Mind: the browser did not switch these off, and tones may be judged worse:",
    ),
    "too_loud": ("太响，失真了", "too loud: it is distorted"),
    "too_soft": ("偏轻", "rather soft"),
    "loud_right": ("音量合适", "loudness is right"),
    "not_judged": ("没有判断，不计", "not judged, does not count"),
    "unsure_more": ("{n} 处无法判断", "{n} could not be judged"),
    "again": ("再说一遍", "Say it again"),
}

SAY: Mapping[str, tuple[str, str]] = {
    "char_right": ("说了", "said"),
    "char_wrong": ("说成别的", "said otherwise"),
    "char_missing": ("漏了", "left out"),
    "char_unsure": ("听不清", "not clear"),
    "tone_right": ("声调对", "tone right"),
    "tone_wrong": ("声调不对", "tone wrong"),
    "tone_unsure": ("声调不定", "tone unsure"),
    "word_right": ("对", "right"),
    "word_doubtful": ("听不太清", "doubtful"),
    "word_missing": ("没有听到", "missing"),
    "curve_model": (
        "实线：您的音高；虚线：示范的音高。断开处是音高不确定。",
        "Solid: your pitch; dashed: the model's. It is broken where the pitch is not sure.",
    ),
    "curve_shape": (
        "实线：您的音高；虚线：教科书里的调形（没有示范录音）。断开处是音高不确定。",
        "Solid: your pitch; dashed: the tone's shape in books, for there is no model recording. "
        "It is broken where the pitch is not sure.",
    ),
    "too_fast": ("偏快", "rather fast"),
    "too_slow": ("偏慢", "rather slow"),
    "steady": ("速度平稳", "a steady pace"),
    "chars_s": ("字/秒", "characters a second"),
    "words_s": ("词/秒", "words a second"),
    "pauses": ("中间停顿 {n} 次", "{n} pauses within"),
    "no_pauses": ("没有多余停顿", "no pause within"),
}

PLAY: Mapping[str, tuple[str, str]] = {
    "hard_level": ("难度", "Level"),
    "lane_exit": ("出口", "exit lane"),
    "lane_entry": ("入口", "entry lane"),
    "truck": ("货车", "a truck"),
    "car": ("小客车", "a car"),
    "weather_rain": ("下雨", "rain"),
    "weather_fog": ("有雾", "fog"),
    "weather_snow": ("下雪", "snow"),
    "closed": (
        "通知：因{cause}封道，预计{time}重新开放",
        "Notice: closed because of {cause}, to open again at {time}",
    ),
    "driver_speaks": ("司机在说话，请先听。", "The driver speaks: listen first."),
    "toll": ("通行费", "Toll"),
    "pays": ("司机付", "Paid with"),
    "pay_mobile": ("手机", "a phone"),
    "pay_etc": ("ETC", "ETC"),
    "pay_card": ("卡", "a card"),
    "pay_free": ("免费", "free"),
    "counterfeit": ("验钞机报警：这张疑似假币。", "The detector warns: the note may be false."),
    "state_said": ("说了", "said"),
    "state_wrong": ("说错", "wrong"),
    "state_unsure": ("存疑", "unsure"),
    "state_open": ("还没说", "not yet"),
    "state_missing": ("没说", "missing"),
    "state_excused": ("免除", "excused"),
    "not_counted": ("（不计分）", "(not counted)"),
    "trouble.counterfeit": ("请换一张", "ask for another note"),
    "trouble.anger": ("致歉、安抚", "an apology"),
    "trouble.closure": ("封道通知", "the closure notice"),
    "went_compliant": ("很好，该说的都说到了。", "Well done: all that was due was said."),
    "went_fault": ("还差一点，看看标出的步骤。", "Not quite: see the steps that are marked."),
    "went_unsure": (
        "有的没听清，无法判断；这次不计。",
        "Some of it could not be heard, so it could not be judged; it does not count.",
    ),
    "in_time": ("用时 {s} 秒，没有超时", "{s} s, within the time"),
    "out_of_time": ("用时 {s} 秒，超时了", "{s} s: the time was over"),
    "next_one": ("下一辆", "The next one"),
}

WORDS: Mapping[str, tuple[str, str]] = {
    **SHARED,
    **SAY,
    **PLAY,
    "drills": ("练习", "Drills"),
    "drill_say": ("练一句", "A line"),
    "drill_english": ("英语", "English"),
    "drill_vehicle": ("整车演练", "Whole vehicles"),
    "drill_amount": ("金额", "Sums"),
    "drill_today": ("今天", "Today"),
    "drill_all": ("全部用语", "All lines"),
    "drill_intro": (
        "只有您自己看得到练习的结果；它从不进入考核、评分或处罚。",
        "Nobody but you sees how you practise; it never enters scores or penalties.",
    ),
    "drill_done": ("今天已练 {n} 次", "{n} tries today"),
    "drill_nothing": (
        "今天要练的都练完了。想多练，可以看“全部用语”，或来一辆整车。",
        "All that was due today is done. For more, see All lines, or play a vehicle.",
    ),
    "drill_begin": ("开始今天的练习", "Begin today's practice"),
    "drill_days": (
        "近 {of} 天里练了 {n} 天；少一天也不扣什么。",
        "You practised on {n} of the last {of} days; one left out takes nothing away.",
    ),
    "drill_line": ("用语", "Line"),
    "drill_why": ("为什么", "Why"),
    "drill_due": ("下次复习", "Comes again"),
    "drill_strength": ("熟练度", "Strength"),
    "why_own": ("您最近的班次漏了它", "missed in your own last shifts"),
    "why_due": ("该复习了", "due again"),
    "why_new": ("新的", "new"),
    "drill_progress": ("您的进展", "How it goes"),
    "drill_scene": ("场景", "Scene"),
    "drill_say_it": ("说出这时该说的话", "Say what is due then"),
    "drill_show": ("看原文", "Show the line"),
    "drill_model": ("听示范", "Hear the model"),
    "drill_no_model": (
        "这台服务器没有示范录音；练习照常。",
        "This server has no model recordings; drills work all the same.",
    ),
    "drill_start": ("开始", "Start"),
    "drill_stop": ("说完了", "I have said it"),
    "drill_leave": ("放行", "Let it go"),
    "drill_keep": ("保留这次录音，以便再听", "Keep the sound, to hear it again"),
    "drill_upload": ("或上传录音", "Or upload a recording"),
    "drill_level": ("音量", "Level meter"),
    "drill_next": ("下一句", "The next line"),
    "drill_headphones": (
        "请戴耳机：司机说话时不听您的声音，轮到您时才计时。",
        "Use headphones. While the driver speaks you are not listened to; the clock runs in your "
        "turn only.",
    ),
    "drill_sums_intro": (
        "看通行费和司机付的钱，心算找零，唱收唱付：“收您…元，找您…元”。",
        "See the toll and what is paid, work out the change, and say both: 收您…元，找您…元.",
    ),
    "drill_vehicle_intro": (
        "一辆车来了：按钟点和日子问候，唱收唱付，递票，致谢。顺利时会越来越难。",
        "A vehicle comes: greet by the hour and the day, say 收 and 找, hand the ticket, give "
        "thanks. It gets harder as it goes well.",
    ),
    "drill_clock": ("剩余秒数", "Seconds left"),
    "drill_driver": ("司机", "Driver"),
    "drill_steps": ("步骤", "Steps"),
    "cue_morning": ("早上，来了一辆车", "Morning; a vehicle comes"),
    "cue_afternoon": ("下午，来了一辆车", "Afternoon; a vehicle comes"),
    "cue_evening": ("晚上，来了一辆车", "Evening; a vehicle comes"),
    "cue_spring": ("春节", "Spring Festival"),
    "cue_new_year": ("元旦", "New Year's Day"),
    "cue_mid_autumn": ("中秋", "Mid-Autumn"),
    "cue_other": ("国庆等长假", "a golden week"),
    "cue_weekend": ("周末", "a weekend"),
    "cue_rain": ("下雨", "rain"),
    "cue_fog": ("有雾", "fog"),
    "cue_ice": ("结冰", "ice"),
    "cue_snow": ("下雪", "snow"),
    "cue_road": ("前方有施工、塌方或排障", "road work or an obstacle ahead"),
    "cue_closure": ("道路封闭", "the road is closed"),
    "cue_exit": ("出口", "exit lane"),
    "cue_entry": ("入口", "entry lane"),
    "cue_phone": ("监控室来电", "a call to the monitor room"),
    "cue_handover": ("交接班", "handing over the shift"),
    "cue_slow": ("处理要花些时间", "handling takes long"),
    "cue_counterfeit": ("疑似假币", "the note may be false"),
    "cue_crowd": ("几个人围在窗口", "people crowd the window"),
    "cue_directions": ("司机问路，您不能确定", "asked the way, and not sure"),
    "cue_assist": ("司机需要工具或热水", "a driver needs tools or hot water"),
    "cue_walk_up": ("有司机走来求助", "a driver walks up for help"),
    "cue_loiter": ("有闲人在附近逗留", "people loiter nearby"),
    "cue_seat_belt": ("司机没系安全带", "the seat belt is not fastened"),
    "cue_pair": (
        "两句容易混的，一句接一句说清楚",
        "two that are easily confused: one, then the other",
    ),
    "cue_any": ("任何时候", "at any time"),
}
