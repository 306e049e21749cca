"""One consequence: what it rests on, how far one may go, who decided, the appeal."""

from __future__ import annotations

from collections.abc import Iterator

from phrases.consequences import Sanction
from service.api import consequences as consequences_api
from service.api.access import Caller
from service.api.consequences import Further, WholeConsequence
from service.pages.consequence_list import provision, standing
from service.pages.desk import area, desk, folded, number_field, picks, send
from service.pages.frame import Visit, page
from service.pages.markup import Html, Part, h, put, table
from service.pages.pieces import moment, tag
from service.rights import Permission


@page("/consequences/{consequence}", "consequence", Permission.CONSEQUENCES_READ)
def shown(visit: Visit, caller: Caller, consequence: int) -> None:
    """The evidence first; then what was decided, or may be."""
    one = consequences_api.one(consequence, caller, visit.services)
    put(
        h(
            "p",
            h("a", f"← {visit.say('back')}", href="/consequences"),
            f"  № {one.id} · {one.station} · {one.collector} · {moment(visit, one.proposed_at)} ",
            tag(visit, standing(one)),
        )
    )
    put(
        h(
            "p",
            f"{visit.say('provisions')}: {'、'.join(provision(visit, n) for n in one.provisions)}",
        )
    )
    put([h("h2", visit.say("rests_on")), _evidence(visit, one)])
    if one.decided_at is None:
        put([h("h2", visit.say("how_far")), _furthest(visit, one.may)])
    else:
        put([h("h2", visit.say("decided")), _history(visit, one)])
    put(list(_desks(visit, one)))


def _evidence(visit: Visit, one: WholeConsequence) -> Part:
    if one.check is not None:
        return h("a", f"{visit.say('check')} № {one.check}", href=f"/checks/{one.check}")
    if one.complaint is not None:
        words = f"{visit.say('complaint')} № {one.complaint}"
        return h("a", words, href=f"/complaints/{one.complaint}")
    heads = ("review", "provisions", "finding", "evidence")
    rows = (
        (
            h("a", f"№ {each.review}", href=f"/reviews/{each.review}"),
            provision(visit, each.provision),
            visit.code(each.code),
            h("a", visit.say("evidence"), href=f"/shifts/{each.shift}/{each.position}"),
        )
        for each in one.evidence
    )
    return table([visit.say(name) for name in heads], rows)


def _furthest(visit: Visit, may: Further) -> Html:
    lines: list[Part] = [h("li", "、".join(visit.say(f"sanction.{k}") for k in _allowed(may)))]
    if may.most_yuan:
        lines.append(h("li", f"{visit.say('yuan_range')}: {may.least_yuan}–{may.most_yuan}"))
    else:
        lines.append(h("li", visit.say("no_amounts")))
    if may.repeat:
        lines.append(h("li", visit.say("repeat")))
    if may.awards_lost:
        lines.append(h("li", visit.say("awards_lost")))
    return h("ul", lines)


def _allowed(may: Further) -> list[Sanction]:
    """What may be decided, the mildest first."""
    order = list(Sanction)
    milder = order[: order.index(may.kind) + 1]
    listed = [*milder, *(each for each in order if each in may.beyond and each not in milder)]
    return [each for each in listed if each is not Sanction.FINE or may.most_yuan]


def _history(visit: Visit, one: WholeConsequence) -> Html:
    what = visit.say("consequence.nothing" if one.kind is None else f"sanction.{one.kind}")
    amount = f" {one.amount_yuan} {visit.say('yuan')}" if one.amount_yuan else ""
    by = f"{visit.say('decided_by')} {one.decider} {moment(visit, one.decided_at)}"
    lines: list[Part] = [
        h("li", f"{what}{amount} · {by}", h("br"), one.reason or visit.say("words_gone"))
    ]
    if one.appeal_until is not None and one.appealed_at is None:
        lines.append(h("li", f"{visit.say('appeal_until')} {moment(visit, one.appeal_until)}"))
    if one.appealed_at is not None:
        when = f"{visit.say('appealed')} {moment(visit, one.appealed_at)}"
        lines.append(h("li", when, h("br"), one.appeal))
    if one.appealed_at is not None and one.granted is None:
        lines.append(h("li", f"{visit.say('appeal_due')}: {moment(visit, one.answer_due_at)}"))
    if one.granted is not None:
        by = one.answered_by or visit.say("answered_by_time")
        name = "overturned" if one.granted else "stands"
        when = f" {by} {moment(visit, one.answered_at)}"
        lines.append(h("li", tag(visit, name), when, h("br"), one.answer))
    return h("ol", lines)


def _desks(visit: Visit, one: WholeConsequence) -> Iterator[Html]:
    """What can be done with it as it stands; the API and the database are who refuse."""
    here = f"/consequences/{one.id}"
    button = send(visit)
    decider = visit.caller(Permission.CONSEQUENCES_DECIDE) is not None
    if one.decided_at is None and decider:
        kinds = [h("option", visit.say("consequence.nothing"), value="")]
        kinds += [
            h("option", visit.say(f"sanction.{kind}"), value=kind.value)
            for kind in _allowed(one.may)
        ]
        parts: list[Part] = [
            h("label", visit.say("sanction"), h("select", kinds, name="kind", data_empty="null")),
        ]
        if one.may.most_yuan:
            least, most = one.may.least_yuan, one.may.most_yuan
            parts.append(number_field(visit, "yuan_range", "amount_yuan", min=least, max=most))
        parts += [area(visit, "why_decided", "reason", needed=True), button]
        form = desk(visit, parts, post=f"/v1{here}/decision", following=here)
        yield folded(visit, "decide_it", form, open=True)
    appealable = one.kind is not None and one.appealed_at is None
    if appealable and visit.caller(Permission.APPEALS_MAKE) is not None:
        parts = [area(visit, "appeal_words", "text", needed=False)]
        parts.append(send(visit, "appeal_send"))
        yield desk(visit, parts, post=f"/v1{here}/appeal", following=here)
    if one.appealed_at is not None and one.granted is None and decider:
        options = [("true", "grant"), ("false", "refuse")]
        parts = [picks(visit, "granted", options, "answer")]
        parts += [area(visit, "why_decided", "reason", needed=True), button]
        yield desk(visit, parts, post=f"/v1{here}/appeal/answer", following=here)
