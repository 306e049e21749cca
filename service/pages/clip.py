"""The button that opens a clip: who opens one is written down, so nothing opens it unasked."""

from __future__ import annotations

from service.pages.frame import Visit
from service.pages.markup import Html, h

_SCRIPT = """
const box = document.getElementById('clip-box'), told = box.querySelector('.told');
fetch(box.dataset.clip).then(async (answer) => {
  if (answer.status === 200) {
    const audio = document.createElement('audio');
    audio.controls = true;
    audio.src = window.URL.createObjectURL(await answer.blob());
    box.replaceChildren(audio);
    audio.focus();
  } else told.textContent = box.dataset[answer.status === 202 ? 'coming' : 'none'];
});
"""


def opener(visit: Visit, clip: str, note: str) -> Html:
    """The button for the clip of that id, and what to know before one hears it."""
    button = h("button", visit.say("open_clip"), class_="do", type="button", onclick=_SCRIPT)
    told = h("span", class_="told", role="status")
    box = h(
        "div",
        button,
        " ",
        told,
        id="clip-box",
        data_clip=f"/v1/clips/{clip}",
        data_coming=visit.say("clip_coming"),
        data_none=visit.say("no_clip"),
    )
    return h("div", box, h("p", f"{visit.say('clip_note')} {note}", class_="note"))
