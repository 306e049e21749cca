"""Say in the visitor's language what a grading warns of: from its codes and values."""

from __future__ import annotations

from phrases.warned import read
from service.pages.markup import Html, h
from service.pages.words import Language
from service.pages.words_warned import CHINESE, SYSTEM


def warned(language: Language, sentence: str) -> Html | str:
    """The warning in words; what this program did not make is shown as it is, in its English."""
    if language == "en":
        return sentence
    found = _chinese(sentence)
    return h("span", sentence, lang="en") if found is None else found


def _chinese(sentence: str) -> str | None:
    found = read(sentence)
    if found is None:
        return None
    values = dict(found.values)
    if "why" in values:
        why = _chinese(values["why"])
        if why is None:
            return None
        values["why"] = why
    if "days" in values:
        values["days"] = values["days"].replace(", ", "、")
    if "system" in values:
        values["system"] = SYSTEM.get(values["system"], values["system"])
    return CHINESE[found.code].format(**values)
