"""Know how it stands with a booth's ears, for whoever watches the machine from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from service.listen import Ended, Event, Level, Started, State

LONGEST_S = 60.0
"""seconds behind which recognition is too slow for its machine, and not only busy"""


@dataclass(kw_only=True, slots=True)
class Ears:
    """A booth's microphone and recogniser, as the last event left them."""

    model: str | None = None
    """names the weights; None: they are not loaded yet"""
    trouble: str | None = "it was not opened yet"
    """why the microphone is not heard, for people; None: it is"""
    clock: Callable[[], float] = field(default=time.monotonic)
    """seconds, never set"""
    _behind_s: float = 0.0
    _told_s: float | None = None

    def take(self, event: Event) -> None:
        """Note what happened."""
        match event:
            case Started():
                self.trouble = None
            case State():
                self.trouble = event.trouble
            case Ended():
                self.trouble = "listening has ended"
            case Level():
                self._behind_s, self._told_s = event.behind_s, self.clock()

    @property
    def behind_s(self) -> float:
        """Seconds of sound that wait to be recognised: grows while the recogniser says nothing."""
        if self._told_s is None:
            return 0.0
        return self._behind_s + max(0.0, self.clock() - self._told_s - 1.0)

    @property
    def problems(self) -> Mapping[str, str | None]:
        """Each check, with what is wrong and what to do; None: it passes."""
        deaf = None
        if self.trouble is not None:
            deaf = (
                f"the microphone is not heard: {self.trouble}; look at its plug, then at "
                "`changshou devices`"
            )
        unloaded = None if self.model else "the weights are not loaded yet"
        slow = None
        if self.behind_s > LONGEST_S:
            slow = (
                f"{self.behind_s:.0f} s of sound wait to be recognised: nothing is lost, but see "
                "what else keeps the machine busy"
            )
        return {"microphone": deaf, "model": unloaded, "backlog": slow}
