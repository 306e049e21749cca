"""Candidates with chosen evidence, for the tests of the fit and of its figures."""

from __future__ import annotations

from phrases.catalog import load
from phrases.evidence import Asked, Evidence
from phrases.shortlist import Candidate
from phrases.weigh import Weighed

CATALOG = load()


def weighed(
    phrase: str = "greet.hello",
    *,
    first: int = 0,
    score: float = 0.5,
    sound: float = -1.0,
    fen: int | None = None,
    asked: bool = True,
) -> Weighed:
    """A candidate of this phrase whose sound is so likely."""
    form = next(form for form in CATALOG.forms if form.phrase == phrase)
    said = Asked(sound=sound, worst=2 * sound, loss=-sound, margin=1.0, gain=3 + sound, end=sound)
    return Weighed(
        candidate=Candidate(
            form=form,
            first=first,
            last=first + 2,
            size=2,
            pinyin=1.0,
            chars=1.0,
            wording=form.line,
            fen=fen,
        ),
        score=score,
        evidence=Evidence(size=2, beside=0.0, hanging=False, alone=0.0, by_sound=False, asked=said),
        asked=asked,
    )
