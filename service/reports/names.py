"""What phrases, steps and findings are called in a report."""

from __future__ import annotations

from phrases.types import Lane
from service.bootstrap import Knowledge
from service.reports.document import Column, Kind, Language
from service.reports.words import WORDS, word


class Names:
    """What phrases, steps and findings are called."""

    def __init__(self, known: Knowledge, language: Language) -> None:
        self._known = known
        self.language = language

    def word(self, key: str, **values: object) -> str:
        """A word of a report."""
        return word(key, self.language, **values)

    def pair(self, key: str, value: str) -> str:
        """A word of a report, and what it says."""
        return self.word("pair", name=self.word(key), value=value)

    def column(self, key: str, kind: Kind = Kind.COUNT, width: float = 1.0) -> Column:
        """A column under a word of a report."""
        return Column(title=self.word(key), kind=kind, width=width)

    def step(self, lane: str, step: str) -> str:
        """A step, as it should be said in Chinese, or its name in English."""
        wording = self._wording(step, lane)
        if self.language is Language.EN or wording is None:
            return step.replace("_", " ")
        return wording.replace("{amount}", "×")

    def code(self, code: str) -> str:
        """A finding's code in words."""
        family, _, rest = code.partition(".")
        if family == "missing":
            return self.word("missing_of", what=self._any_step(rest))
        if family == "amount":
            return self.word("amount_of", what=self._any_step(rest))
        if family == "forbidden":
            line = self._known.wording(code, {})
            return self.pair("forbidden", line) if line != code else self.word("forbidden")
        return self.word(code) if code in WORDS else code

    def weather(self, phrases: str) -> str:
        """The lines that the weather asked for."""
        if not phrases:
            return self.word("none")
        ids = phrases.split(", ")
        if self.language is Language.EN:
            return ", ".join(ids)
        return " / ".join(self._known.wording(phrase, {}) for phrase in ids)

    def lane(self, lane: str) -> str:
        """A lane."""
        key = f"lane.{lane}"
        return self.word(key) if key in WORDS else lane

    def _any_step(self, step: str) -> str:
        for lane in self._known.dialogues:
            if self._wording(step, lane) is not None:
                return self.step(lane, step)
        return step.replace("_", " ")

    def _wording(self, step: str, lane: str | Lane) -> str | None:
        dialogue = self._known.dialogues.get(Lane(lane))
        for one in dialogue.steps if dialogue else ():
            if one.id == step:
                return one.wording
        return None
