"""The official Vosk models. Names, sizes and licences are those of the list that Alpha Cephei publishes:
https://alphacephei.com/vosk/models

Sizes are the rounded ones of that list, for the disk check and the table; the server tells the exact one. The list has
no SHA-256: `voice.recognition.install` records it when a model is installed.
"""

from __future__ import annotations

from dataclasses import dataclass

APACHE = "Apache-2.0"
NON_COMMERCIAL = "CC-BY-NC-SA-4.0"


@dataclass(frozen=True, slots=True)
class OfficialModel:
    name: str
    language: str
    """ISO 639-1 code as grammars/ and `settings.language` use it"""
    megabytes: int
    """Of the zip, rounded"""
    big: bool = False
    """For servers: several gigabytes of memory, and its graph cannot take a shop's grammar at run time"""
    licence: str = APACHE

    @property
    def file(self) -> str:
        return f"{self.name}.zip"


OFFICIAL: tuple[OfficialModel, ...] = (
    OfficialModel("vosk-model-small-en-us-0.15", "en", 40),
    OfficialModel("vosk-model-en-us-0.22-lgraph", "en", 128),
    OfficialModel("vosk-model-en-us-0.22", "en", 1800, big=True),
    OfficialModel("vosk-model-en-us-0.42-gigaspeech", "en", 2300, big=True),
    OfficialModel("vosk-model-small-en-in-0.4", "en", 36),
    OfficialModel("vosk-model-en-in-0.5", "en", 1000, big=True),
    OfficialModel("vosk-model-small-it-0.22", "it", 48),
    OfficialModel("vosk-model-it-0.22", "it", 1200, big=True),
    OfficialModel("vosk-model-small-ru-0.22", "ru", 45),
    OfficialModel("vosk-model-ru-0.42", "ru", 1800, big=True),
    OfficialModel("vosk-model-small-de-0.15", "de", 45),
    OfficialModel("vosk-model-de-0.21", "de", 1900, big=True),
    OfficialModel("vosk-model-small-fr-0.22", "fr", 41),
    OfficialModel("vosk-model-fr-0.22", "fr", 1400, big=True),
    OfficialModel("vosk-model-small-es-0.42", "es", 39),
    OfficialModel("vosk-model-es-0.42", "es", 1400, big=True),
    OfficialModel("vosk-model-small-pt-0.3", "pt", 31),
    OfficialModel("vosk-model-pt-fb-v0.1.1-20220516_2113", "pt", 1600, big=True, licence="GPL-3.0"),
    OfficialModel("vosk-model-small-nl-0.22", "nl", 39),
    OfficialModel("vosk-model-nl-spraakherkenning-0.6", "nl", 860, big=True, licence=NON_COMMERCIAL),
    OfficialModel("vosk-model-small-ca-0.4", "ca", 42),
    OfficialModel("vosk-model-small-cs-0.4-rhasspy", "cs", 44, licence="MIT"),
    OfficialModel("vosk-model-small-pl-0.22", "pl", 51),
    OfficialModel("vosk-model-small-sv-rhasspy-0.15", "sv", 289, licence="MIT"),
    OfficialModel("vosk-model-small-tr-0.3", "tr", 35),
    OfficialModel("vosk-model-small-uk-v3-nano", "uk", 73),
    OfficialModel("vosk-model-small-uk-v3-small", "uk", 133),
    OfficialModel("vosk-model-uk-v3", "uk", 343, big=True),
    OfficialModel("vosk-model-small-kz-0.15", "kk", 42),
    OfficialModel("vosk-model-small-uz-0.22", "uz", 49),
    OfficialModel("vosk-model-el-gr-0.7", "el", 1100, big=True),
    OfficialModel("vosk-model-ar-mgb2-0.4", "ar", 318),
    OfficialModel("vosk-model-small-fa-0.42", "fa", 53),
    OfficialModel("vosk-model-small-hi-0.22", "hi", 42),
    OfficialModel("vosk-model-hi-0.22", "hi", 1500, big=True),
    OfficialModel("vosk-model-small-cn-0.22", "zh", 42),
    OfficialModel("vosk-model-cn-0.22", "zh", 1300, big=True),
    OfficialModel("vosk-model-small-ja-0.22", "ja", 48),
    OfficialModel("vosk-model-ja-0.22", "ja", 1000, big=True),
    OfficialModel("vosk-model-small-ko-0.22", "ko", 82),
    OfficialModel("vosk-model-small-vn-0.4", "vi", 32),
    OfficialModel("vosk-model-tl-ph-generic-0.6", "tl", 320, licence=NON_COMMERCIAL),
    OfficialModel("vosk-model-small-eo-0.42", "eo", 42),
    OfficialModel("vosk-model-br-0.8", "br", 70),
)
BY_NAME = {model.name: model for model in OFFICIAL}


def official(wanted: str, big: bool = False) -> OfficialModel | None:
    """By its name, or the small (or big) one of a language; None when there is none."""
    if wanted in BY_NAME:
        return BY_NAME[wanted]
    spoken = [m for m in OFFICIAL if m.language == wanted.lower()]
    return next((m for m in spoken if m.big == big), spoken[0] if spoken and not big else None)
