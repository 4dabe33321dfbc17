"""How sure a reading is, and what is not for the shop."""

from __future__ import annotations

from pathlib import Path

import pytest

from voice.audio import pcm
from voice.errors import ModelError
from voice.evaluation.make_samples import Speaker
from voice.recognition.compact.frequent_words import frequent_words
from voice.recognition.compact.ptm import wheel_model_folder
from voice.recognition.rejection import Rejection
from voice.recognition.service import RecognitionService
from voice.settings import ROOT, Settings
from voice.shop.catalogue import load_catalogue
from voice.types import Hypothesis, Word

CURVE = Rejection(even=-19.0, width=2.5, refused=0.002)


def reading(score: float, seconds: float = 2.0) -> Hypothesis:
    return Hypothesis("a latte", (Word("a", 0.0, 0.5), Word("latte", 0.5, seconds)), score)


def test_a_reading_is_surer_the_better_it_fits() -> None:
    sure = [CURVE.confidence(reading(score), 100.0) for score in (0.0, 50.0, 100.0, 200.0)]
    assert sure == sorted(sure) and sure[0] < CURVE.refused and sure[2] > 0.9
    assert CURVE.confidence(reading(100.0 + 2 * CURVE.even), 100.0) == pytest.approx(0.5)


def test_a_reading_without_times_has_a_confidence() -> None:
    assert 0 <= CURVE.confidence(Hypothesis("a latte", (), 1e6), -1e6) <= 1


def test_the_commonest_words_come_first() -> None:
    words = frequent_words(wheel_model_folder() / "en-us.lm.bin")
    assert len(words) == 72547 and {"the", "to", "and", "you"} <= set(words[:20])


def test_another_file_is_no_language_model(tmp_path: Path) -> None:
    other = tmp_path / "en-us.lm.bin"
    other.write_bytes(b"Trie Language Model\x02")
    with pytest.raises(ModelError, match="not a trigram model"):
        frequent_words(other)


@pytest.mark.slow
@pytest.mark.xdist_group("recognition")
def test_orders_are_heard_and_talk_about_other_things_is_not() -> None:
    settings = Settings()
    service = RecognitionService(settings, load_catalogue(settings.catalogue), "en")
    order = service.recognize(pcm.read_audio(ROOT / "audio_samples/en/flite-kal16/three-croissants.wav"))
    assert "croissant" in order.text and order.hypotheses[0].confidence > 0.5
    speaker = Speaker()
    try:
        said = speaker.speak("the parliament will discuss another budget amendment tomorrow afternoon", "espeak-en-us")
    finally:
        speaker.close()
    heard = service.recognize(said)
    assert not heard.hypotheses or heard.hypotheses[0].confidence < 0.5
