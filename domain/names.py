"""A name in both languages of the floor: Chinese first, English second."""

from typing import Literal

from msgspec import Struct

Language = Literal["zh-CN", "en"]
LANGUAGES: tuple[Language, ...] = ("zh-CN", "en")


class Names(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a thing is called. Where one language was not given, the other serves."""

    zh: str = ""
    en: str = ""

    def of(self, language: Language) -> str:
        """Return the name for a reader of `language`."""
        return (self.zh or self.en) if language == "zh-CN" else (self.en or self.zh)
