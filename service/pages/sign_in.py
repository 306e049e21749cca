"""Sign in: with a password, and a one-time code where one is set up."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from fastapi import Request
from nicegui import ui

from service.pages.frame import framed, visit
from service.pages.markup import h, put
from service.pages.pieces import field

_SCRIPT = """
<script>
addEventListener('submit', async (event) => {
  if (event.target.id !== 'sign-in') return;
  event.preventDefault();
  const words = %s, told = document.getElementById('told');
  const given = Object.fromEntries(new FormData(event.target));
  if (!given.code) delete given.code;
  let answer;
  try {
    answer = await fetch('/v1/session', {method: 'POST', body: JSON.stringify(given),
      headers: {'Content-Type': 'application/json'}});
  } catch { told.textContent = words.unreached; return; }
  if (answer.ok) location.assign(%s);
  else told.textContent = answer.status === 429 ? words.locked : words.wrong;
});
</script>
"""


@ui.page("/sign-in")
def sign_in(request: Request) -> None:
    """The form; whoever was sent here goes on to where they wanted."""
    one = visit(request)
    words = {name: one.say(name) for name in ("wrong", "locked", "unreached")}
    with framed(one, "sign_in"):
        put(
            h(
                "form",
                field(one.say("login"), "login", ""),
                field(one.say("password"), "password", "", kind="password"),
                field(one.say("code"), "code", ""),
                h("button", one.say("sign_in"), class_="do", type="submit"),
                h("p", id="told", class_="error", role="alert"),
                id="sign-in",
                class_="row",
                style="flex-direction: column; align-items: stretch; max-width: 22rem",
            )
        )
        safe = (json.dumps(words), json.dumps(_here(request.query_params.get("next"))))
        ui.add_body_html(_SCRIPT % tuple(one_.replace("<", "\\u003c") for one_ in safe))


def _here(wanted: str | None) -> str:
    """An address on this server: no other site sends people on through it."""
    if wanted is None:
        return "/"
    parts = urlsplit(wanted)
    local = not parts.scheme and not parts.netloc and wanted.startswith("/")
    return wanted if local and not wanted.startswith(("//", "/\\")) else "/"
