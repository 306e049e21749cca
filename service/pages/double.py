"""Listen blind: the next clip, and what is asked of it; not whose it is, nor what was found."""

from __future__ import annotations

from service.api import doubles as doubles_api
from service.api.access import Caller
from service.pages.clip import opener
from service.pages.desk import desk, picks, send
from service.pages.frame import Visit, page, script
from service.pages.markup import h, put
from service.pages.review import PICKS, keys_box
from service.rights import Permission


@page("/doubles", "doubles", Permission.REVIEWS_DECIDE)
def shown(visit: Visit, caller: Caller) -> None:
    """One clip at a time, by the keys of a review."""
    put(h("p", visit.say("double_note"), class_="note"))
    found = doubles_api.queue(caller, visit.services, None, 500, None).items
    if not found:
        put(h("p", visit.say("nothing_waits")))
        return
    one = found[0]
    put(h("p", f"{visit.say('double_left')}: {len(found)}"))
    put(h("h2", visit.code(one.code)))
    if one.clip is None or visit.caller(Permission.CLIPS_READ) is None:
        put(h("p", visit.say("no_clip")))
    else:
        put(opener(visit, one.clip, ""))
    options = [(verdict.value, words) for verdict, words in PICKS]
    put(
        desk(
            visit,
            (
                picks(visit, "verdict", options, "is_it_so"),
                send(visit, "label_it"),
                keys_box(visit),
            ),
            post=f"/v1/doubles/{one.id}/labels",
            following="/doubles",
        )
    )
    script("review.js")
