"""The ledger's proof of a vehicle, checked when the card is made, and shown so that others may."""

from __future__ import annotations

from service.api.evidence import LedgerProof
from service.pages.frame import Visit
from service.pages.markup import Html, h

_CHECKS = ("stated", "chained", "included", "sealed")


def proved(visit: Visit, proof: LedgerProof | None) -> Html:
    """What holds, and what it rests on."""
    if proof is None:
        return h("p", visit.say("proof.none"))
    style = "good" if proof.holds else "error"
    checks = [_check(visit, name, holds=getattr(proof, name)) for name in _CHECKS]
    return h(
        "div",
        h("p", h("strong", visit.say("proof.holds" if proof.holds else "proof.broken")),
          class_=f"said {style}", role=None if proof.holds else "alert"),
        h("ul", checks, class_="checks"),
        h("p", visit.say("proof.erased"), class_="note") if proof.erased else None,
        h("details", h("summary", visit.say("proof.more")), _rests_on(visit, proof)),
        h("p", visit.say("proof.scope"), class_="note"),
    )  # fmt: skip


def _check(visit: Visit, name: str, *, holds: bool) -> Html:
    sign = h("span", "✓" if holds else "✗", class_=f"sign {'good' if holds else 'bad'}")
    said = visit.say("proof.yes" if holds else "proof.no")
    return h("li", sign, f" {visit.say(f'proof.{name}')}: {said}")


def _rests_on(visit: Visit, proof: LedgerProof) -> Html:
    way = [
        h("li", visit.say("proof.left" if each.left else "proof.right"), " ", h("code", each.hash))
        for each in proof.beside
    ]
    pairs = (
        ("entry", f"{proof.writer} #{proof.seq} ({proof.first_seq}–{proof.last_seq}), {proof.at}"),
        ("leaf", h("code", proof.entry)),
        ("path", h("ol", way)),
        ("root", h("code", proof.root)),
        ("key", h("code", proof.public_key)),
        ("signature", h("code", proof.signature)),
    )
    return h(
        "dl", [(h("dt", visit.say(f"proof.{name}")), h("dd", value)) for name, value in pairs],
        class_="proof",
    )  # fmt: skip
