from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
import yaml
from click.testing import CliRunner

from voice.audio.pcm import read_audio, write_wav
from voice.errors import AudioError
from voice.evaluation.degrade import Degradation
from voice.evaluation.metrics import word_errors
from voice.evaluation.report import Outcome, write_report
from voice.evaluation.samples import Sample, as_written, read_samples, same_meaning
from voice.evaluation.speech import noisy, speech
from voice.settings import ROOT
from voice.types import AudioChunk, Intent, ItemMention, NoMatch, OptionMention, Understood, Utterance

SILENCE = AudioChunk(bytes(16000), 16000)
UTTERANCE = Utterance.typed("to large latte")
LATTES = Understood(
    (
        Intent(
            "order.add",
            (
                ItemMention(
                    "latte",
                    Decimal(2),
                    variant_id="large",
                    options=(OptionMention("milk", "oat"), OptionMention("syrup", "vanilla", negated=True)),
                ),
            ),
        ),
    ),
    "two large lattes",
)
WRITTEN = [
    {
        "intent": "order.add",
        "items": [{"product": "latte", "variant": "large", "quantity": 2, "options": ["-syrup/vanilla", "milk/oat"]}],
    }
]


def folder(path: Path, rows: object) -> Path:
    (path / "samples.yaml").write_text(yaml.safe_dump({"samples": rows}), encoding="utf-8")
    return path


def test_the_projects_own_samples_are_read() -> None:
    samples = read_samples(ROOT / "audio_samples")
    assert len(samples) > 20
    assert all(s.path.is_file() and s.words and s.speaker for s in samples)


def test_rows_may_name_their_file_and_leave_the_meaning_out(tmp_path: Path) -> None:
    write_wav(tmp_path / "a.wav", SILENCE)
    rows = [
        {"file": "a.wav", "text": "two lattes", "speaker": "anna", "language": "en"},
        {"file": "a.wav", "text": "due latte", "language": "it"},
    ]
    (sample,) = read_samples(folder(tmp_path, rows))
    assert (sample.words, sample.means, sample.speaker) == ("two lattes", None, "anna")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"words": "hello", "file": "no.wav"}], "row 1.*missing"),
        ([{"file": "a.wav"}], "no `words`"),
        (None, "list of `samples`"),
    ],
)
def test_a_wrong_list_names_the_row(tmp_path: Path, rows: object, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        read_samples(folder(tmp_path, rows))
    with pytest.raises(AudioError, match="samples"):
        read_samples(tmp_path / "nowhere")


def test_meanings_are_compared_whole() -> None:
    assert same_meaning(WRITTEN, LATTES)
    assert same_meaning(as_written(LATTES), LATTES)
    assert not same_meaning([{"intent": "order.add", "items": [{"product": "latte"}]}], LATTES)
    unsized = Understood((Intent("order.add", (ItemMention("latte"),)),), "a latte")
    sized = [{"intent": "order.add", "items": [{"product": "latte", "variant": "small"}]}]
    assert same_meaning(sized, unsized, {"latte": "small"})
    assert not same_meaning(sized, unsized)
    assert not same_meaning(WRITTEN, NoMatch())
    assert not same_meaning([*WRITTEN, {"intent": "order.finish"}], LATTES)
    assert same_meaning([], NoMatch())
    number = Understood((Intent("answer.number", slots={"value": 3}),), "three")
    assert same_meaning([{"intent": "answer.number", "slots": {"value": 3}}], number)
    assert not same_meaning([{"intent": "answer.number", "slots": {"value": 4}}], number)


def test_every_noise_and_level_is_a_condition() -> None:
    conditions = list(noisy(Degradation(channel="phone"), ["white", "hum"], "6,12"))
    assert [(c.noise, c.snr, c.channel) for c in conditions] == [
        ("white", 6, "phone"), ("white", 12, "phone"), ("hum", 6, "phone"), ("hum", 12, "phone"),
    ]  # fmt: skip
    with pytest.raises(AudioError, match="--snr"):
        list(noisy(Degradation(), ["white"], "loud"))
    with pytest.raises(AudioError):
        list(noisy(Degradation(), ["no-such-noise.wav"], "6"))


def outcome(name: str, right: bool, condition: Degradation, speaker: str = "anna") -> Outcome:
    sample = Sample(name, Path("a.wav"), "two <large> lattes", WRITTEN, speaker, "clean")
    heard = sample.words if right else "to large latte"
    errors = word_errors(sample.words, heard)
    return Outcome(sample, condition, SILENCE, heard, right, errors, WRITTEN, [], 0.1, UTTERANCE, NoMatch())


def test_the_report_shows_plots_and_lets_one_listen(tmp_path: Path) -> None:
    levels = [Degradation(noise="white", snr=snr) for snr in (6.0, 12.0)]
    people = enumerate(("anna", "ben"))
    outcomes = [outcome(str(n), n % 3 > 0, c, s) for n, s in people for c in (Degradation(), *levels)]
    write_report(outcomes, tmp_path / "report.html", "Kitchen & bar")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Kitchen &amp; bar" in page
    assert "two &lt;large&gt; lattes" in page
    drawings = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        ElementTree.fromstring(drawing)
    players = re.findall(r'<audio[^>]*src="([^"]+)"', page)
    assert len(players) == 3
    assert all(read_audio(tmp_path / unquote(src), silence_ok=True).rate == 16000 for src in players)
    assert "http" not in page


def test_a_report_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AudioError, match="cannot be written"):
        write_report([outcome("1", True, Degradation())], tmp_path / "file" / "report.html", "x")


@pytest.mark.slow
def test_recordings_go_through_the_real_recogniser(tmp_path: Path) -> None:
    first = read_samples(ROOT / "audio_samples")[:2]
    rows = [{"file": f"{s.id}.wav", "words": s.words, "speaker": s.speaker} for s in first]
    for s in first:
        write_wav(tmp_path / f"{s.id}.wav", read_audio(s.path))
    arguments = [str(folder(tmp_path, rows)), "--noise", "white", "--snr", "12", "--channel", "phone"]
    files = ["--out", str(tmp_path / "rows.jsonl"), "--html", str(tmp_path / "report.html")]
    result = CliRunner().invoke(speech, [*arguments, *files])
    assert result.exception is None, result.output
    rows_out = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [r["condition"] for r in rows_out] == ["phone", "phone", "white 12 dB, phone", "white 12 dB, phone"]
    assert (tmp_path / "report.html").is_file()
