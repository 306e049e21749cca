"""A stored clip is heard by the catalogs in use and by a draft's, with real weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audio.files import stream
from audio.types import RATE
from audio.write import flac
from service import bootstrap, catalog_clip, catalog_shelf, settings
from tests.fakes import quiet

pytestmark = pytest.mark.slow
DEMO = Path(__file__).parents[1] / "recordings" / "demo.opus"
OFF = '[[change]]\nid = "flow.thanks"\noff = true\n'


def test_a_clip_is_heard_by_both() -> None:
    """What is in use hears the thanks; a draft that does not listen for it hears the rest."""
    site = settings.load({})
    chunks = [chunk.samples for chunk in stream((DEMO,))]
    sound = np.concatenate(chunks)[: 16 * RATE, 0]
    content = flac(sound[None, :], RATE)
    recognizer = bootstrap.recognizer(site, quiet)
    known = bootstrap.knowledge(site)
    draft = catalog_shelf.tried(site, {"phrases.toml": OFF}).known
    assert draft is not None
    now, then = (
        {one["phrase"] for one in catalog_clip.heard(content, recognizer, each) if one["accepted"]}
        for each in (known, draft)
    )
    assert "flow.received" in now & then
    assert now - then == {"flow.thanks"}
