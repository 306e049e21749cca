"""The catalogs load, know what their lines hold, and refuse what cannot be told apart."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from phrases.catalog import Catalog, load
from phrases.source import DataError

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "station.toml"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The catalogs that ship."""
    return load()


def station(folder: Path, text: str, name: str = "station.toml") -> Path:
    """A station's file with this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults(*paths: Path) -> list[str]:
    """Every fault of the station's files."""
    with pytest.raises(DataError) as caught:
        load(station=paths)
    return [str(fault) for fault in caught.value.faults]


def test_standard_form_comes_first(catalog: Catalog) -> None:
    """What findings show is the handbook's wording."""
    assert catalog.phrases["trip.safe"].forms[0].key == "一路平安"
    assert all(phrase.forms[0].standard for phrase in catalog.phrases.values())


def test_forms_are_all_of_all_phrases(catalog: Catalog) -> None:
    """The flat list is the phrases' lists in a row, each form once."""
    flat = tuple(form for phrase in catalog.phrases.values() for form in phrase.forms)
    assert catalog.forms == flat
    assert len({(form.phrase, form.language, form.tokens) for form in flat}) == len(flat)


@pytest.mark.parametrize(
    ("phrase", "wording"),
    [
        ("greet.morning", "上午好"),
        ("greet.afternoon", "中午好"),
        ("festival.spring", "新年快乐"),
        ("festival.spring", "春节快乐"),
        ("festival.spring", "过年好"),
        ("trip.safe", "祝您一路平安"),
        ("trip.safe", "一路顺风"),
        ("weather.rain_fog.lamp", "请您打开雾灯注意行车安全"),
        ("flow.due", "应收<amount>"),
        ("flow.received", "实收<amount>"),
        ("flow.change", "找零<amount>"),
    ],
)
def test_wordings_of_the_handbook_are_accepted(catalog: Catalog, phrase: str, wording: str) -> None:
    """What the handbook says counts as the same phrase is one of its forms."""
    assert wording in {form.key for form in catalog.phrases[phrase].forms}


def test_you_is_the_handbooks_own_in_two_phrases(catalog: Catalog) -> None:
    """你 earns no remark where the handbook itself has it."""
    rude = {key for key, p in catalog.phrases.items() if not p.polite and not p.forbidden}
    assert rude == {"help", "thanks.cooperation"}


@pytest.mark.parametrize(
    ("whole", "held"),
    [
        ("exception.wait", {"sorry", "wait"}),
        ("phone.close", {"flow.thanks", "goodbye"}),
        ("weekend", {"trip.safe"}),
        ("seat_belt", {"trip.safe"}),
        ("assist.ask", {"greet.hello"}),
        ("thanks.cooperation", {"flow.thanks"}),
        ("flow.due", {"toll.pay"}),
        ("greet.hello", set()),
    ],
)
def test_a_line_made_of_others_knows_its_parts(
    catalog: Catalog, whole: str, held: set[str]
) -> None:
    """The longest wins, and its parts count as said."""
    assert catalog.parts[whole] == held


def test_the_price_is_never_money_received(catalog: Catalog) -> None:
    """应收 holds the words of 收 and does not say it."""
    assert not catalog.parts["flow.due"] & {"flow.received", "flow.change"}


def test_no_two_phrases_are_parts_of_each_other(catalog: Catalog) -> None:
    """A shared English form does not make one phrase say the other."""
    assert not [
        (whole, part)
        for whole, held in catalog.parts.items()
        for part in held
        if whole in catalog.parts[part]
    ]


@pytest.mark.parametrize(
    "pair",
    [
        {"card.take", "ticket.take"},
        {"handover.take", "handover.give"},
        {"flow.received", "flow.change"},
        {"flow.received", "flow.due"},
        {"greet.morning", "greet.evening"},
        {"formation.left", "formation.right"},
    ],
)
def test_lines_that_differ_by_a_syllable_are_confusable(catalog: Catalog, pair: set[str]) -> None:
    """Between these only the better fit may decide."""
    assert pair in catalog.confusable


def test_alternatives_of_one_phrase_are_confusable(catalog: Catalog) -> None:
    """修车工具 and 开水 are told apart like two phrases."""
    values = [
        {pair.one.slots.get("item"), pair.other.slots.get("item")}
        for pair in catalog.confusable_forms
        if pair.phrases == {"assist.tools"}
    ]
    assert {"修车工具", "开水"} in values
    assert len(values) == 6


def test_unlike_lines_are_not_confusable(catalog: Catalog) -> None:
    """The list is short enough to be read."""
    assert {"greet.hello", "flow.thanks"} not in catalog.confusable
    assert len(catalog.confusable) < 20


def test_expected_is_the_line_with_what_was_due(catalog: Catalog) -> None:
    """A finding shows the sentence that should have been said."""
    slow = catalog.phrases["road.slow"]
    due = slow.expected({"direction": "南昌", "what": "施工"})
    assert due == "南昌方向施工，请您减速慢行，注意安全"
    assert slow.expected({}).startswith("××方向塌方")
    tools = catalog.phrases["assist.tools"]
    assert tools.expected({"item": "雨伞"}).endswith("提供雨伞")
    assert catalog.phrases["flow.received"].expected({"amount": "50"}) == "收您50元"


def test_loading_twice_gives_the_same(catalog: Catalog) -> None:
    """The version is of the content alone."""
    assert load() == catalog
    assert len(catalog.version) == 12


def test_a_catalog_cannot_be_changed(catalog: Catalog) -> None:
    """What a verdict refers to stays as it was."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        catalog.version = "other"  # type: ignore[misc]


def test_the_example_station_loads(catalog: Catalog) -> None:
    """The documented example works as it stands."""
    own = load(station=[EXAMPLE])
    assert own.phrases["festival.dragon_boat"].when.lunar == "05-05"
    assert own.phrases["festival.dragon_boat"].catalog == "holiday"
    assert own.phrases["forbidden.not_my_business"].catalog == "forbidden"
    assert own.phrases["phone.open"].line == "您好，南昌东监控室"
    assert "请拿好发票" in {form.key for form in own.phrases["ticket.take"].forms}
    assert own.off == {"formation.march"}
    assert own.version != catalog.version
    assert "festival.dragon_boat" not in catalog.phrases


def test_a_change_adds_and_takes_away_wordings(tmp_path: Path) -> None:
    """A station decides what it accepts."""
    text = '[[change]]\nid = "greet.afternoon"\nvariants = ["午安"]\nwithout = ["中午好"]\n'
    found = {
        f.key for f in load(station=[station(tmp_path, text)]).phrases["greet.afternoon"].forms
    }
    assert {"下午好", "午安"} <= found
    assert "中午好" not in found


def test_a_change_replaces_what_it_names_only(tmp_path: Path, catalog: Catalog) -> None:
    """Keys that a change leaves out stay as they ship."""
    text = '[[change]]\nid = "help"\npolite = true\nwhen = { flow = ["exit"] }\n'
    own = load(station=[station(tmp_path, text)]).phrases["help"]
    assert own.polite
    assert own.when.flow == ("exit",)
    assert own.forms == catalog.phrases["help"].forms


def test_a_later_file_may_change_an_earlier_ones_phrase(tmp_path: Path) -> None:
    """Files are applied in the order given."""
    first = station(tmp_path, '[[phrase]]\nid = "own"\nzh = "欢迎光临"\n', "a.toml")
    second = station(tmp_path, '[[change]]\nid = "own"\nzh = "欢迎您光临"\n', "b.toml")
    assert load(station=[first, second]).phrases["own"].line == "欢迎您光临"


def test_a_note_does_not_change_the_version(tmp_path: Path, catalog: Catalog) -> None:
    """Only what decides is hashed."""
    text = '[[change]]\nid = "help"\nnote = "seen"\n'
    assert load(station=[station(tmp_path, text)]).version == catalog.version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("phrase = 1", "station.toml: phrase: "),
        ("[[phrase]", "station.toml: is not valid TOML"),
        ('[[phrase]]\nid = "own"\n', "station.toml: phrase.0.zh: Field required"),
        (
            '[[phrase]]\nid = "own"\nzh = "欢迎"\nvariant = ["您"]\n',
            "station.toml: phrase.0.variant: Extra inputs",
        ),
        (
            '[[phrase]]\nid = "own"\nzh = "欢迎{x}"\n',
            "station.toml: own.zh: '欢迎{x}', character 4: unknown slot 'x'",
        ),
        (
            '[[phrase]]\nid = "own"\nzh = "欢迎光临"\nvariants = ["欢迎", "[欢迎"]\n',
            "station.toml: own.variants.1: '[欢迎', character 1: '[' is never closed",
        ),
        (
            '[[change]]\nid = "goodbye"\nvariants = ["[拜拜"]\n',
            "station.toml: goodbye.variants.1: '[拜拜', character 1",
        ),
        ('[[phrase]]\nid = "goodbye"\nzh = "回见"\n', "already in basic.toml"),
        ('[[change]]\nid = "good_bye"\noff = true\n', "good_bye: no phrase has this id"),
        (
            '[[change]]\nid = "goodbye"\nwithout = ["拜拜"]\n',
            "goodbye.without: '拜拜' is no variant of it",
        ),
        (
            '[[phrase]]\nid = "own"\nzh = "欢迎光临"\nalso = ["welcome"]\n',
            "own.also: no phrase has the id 'welcome'",
        ),
        (
            '[[phrase]]\nid = "forbidden.x"\nzh = "欢迎光临"\ncatalog = "basic"\n',
            "",
        ),
        ('[[phrase]]\nid = "x"\nzh = "一边去"\ncatalog = "forbidden"\n', "ids that begin with"),
    ],
)
def test_each_fault_names_file_key_and_reason(tmp_path: Path, text: str, expected: str) -> None:
    """Whoever edits a file finds the place without searching."""
    path = station(tmp_path, text)
    if not expected:
        assert load(station=[path]).phrases["forbidden.x"].catalog == "forbidden"
        return
    assert any(expected in fault for fault in faults(path)), faults(path)


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    """A path that is wrong is said, not skipped."""
    assert faults(tmp_path / "none.toml") == [
        "none.toml: cannot be read: No such file or directory"
    ]


def test_all_faults_of_all_files_are_listed_at_once(tmp_path: Path) -> None:
    """Nobody has to run the check once for each fault."""
    first = station(tmp_path, '[[phrase]]\nid = "Own"\nzh = ""\n', "a.toml")
    second = station(
        tmp_path,
        '[[phrase]]\nid = "own"\nzh = "欢迎{x}"\n[[phrase]]\nid = "more"\nzh = "再见"\n',
        "b.toml",
    )
    found = faults(first, second)
    assert [fault.split(":")[0] for fault in found] == ["a.toml", "a.toml", "b.toml", "b.toml"]


@pytest.mark.parametrize("line", ["请稍等", "請稍等！", "请，稍等"])
def test_the_same_line_twice_is_refused_with_the_pair(tmp_path: Path, line: str) -> None:
    """Two phrases with one line could not be told apart."""
    (fault,) = faults(station(tmp_path, f'[[phrase]]\nid = "own"\nzh = "{line}"\n'))
    assert fault.startswith("station.toml: own: wait (basic.toml) and own (station.toml)")
    assert "the same line" in fault


def test_you_and_you_are_the_same_line(tmp_path: Path) -> None:
    """你 in place of 您 makes no other phrase."""
    (fault,) = faults(station(tmp_path, '[[phrase]]\nid = "own"\nzh = "你好"\n'))
    assert "greet.hello" in fault


def test_lines_that_sound_alike_in_one_dialogue_are_refused(tmp_path: Path) -> None:
    """The ear has no way to tell them apart."""
    text = '[[phrase]]\nid = "own"\nzh = "请烧灯"\nwhen = { flow = ["exit"] }\n'
    (fault,) = faults(station(tmp_path, text))
    assert "wait (basic.toml) and own (station.toml) sound alike in one dialogue" in fault


def test_lines_that_sound_alike_in_two_dialogues_are_allowed(tmp_path: Path) -> None:
    """They never meet."""
    text = '[[phrase]]\nid = "own"\nzh = "爆书"\nwhen = { flow = ["exit"] }\n'
    own = load(station=[station(tmp_path, text)])
    assert {"own", "formation.count"} in own.confusable


def test_a_shared_english_form_must_be_declared(tmp_path: Path) -> None:
    """The handbook has one such pair; another would be a slip."""
    text = '[[phrase]]\nid = "own"\nzh = "欢迎光临"\nen = ["Good-bye"]\n'
    (fault,) = faults(station(tmp_path, text))
    assert "goodbye (basic.toml) and own (station.toml) have the same line" in fault
    declared = text + 'shares_english = ["goodbye"]\n'
    assert "own" in load(station=[station(tmp_path, declared)]).phrases
