"""What is not an order, spoken, must not change the cart.

    python -m tests.benchmarks.spoken_rejection --sentences not_orders.jsonl [--every 10]
        [--voices espeak-en-us,flite-slt] [--phone] [--catalogue FILE] [--worst 15]

Each chosen sentence of the file ({"utterance": ...} a line) is spoken by the voices in turn (voice/evaluation/
make_samples.py), recognised by the assistant at the first turn of a fresh call (the open state), and answered by its
dialogue. Counted are the turns that change the cart, those that are asked about (a question about products, or for a
confirmation), and those that were refused: none of the shop's words, or not understood.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

from voice.assistant import Assistant
from voice.commands.understand import DEMO
from voice.evaluation.degrade import Degradation, degrade
from voice.evaluation.make_samples import VOICES, Speaker
from voice.settings import Settings, load_settings
from voice.types import AudioChunk, NoInput, NoMatch, Turn

ASKING = frozenset({"choice", "option", "variant", "product", "quantity", "yes_no"})
"""What the dialogue expects when it has asked about products or for a confirmation"""


@dataclass(frozen=True)
class Outcome:
    """What became of one sentence."""

    said: str
    voice: str
    heard: str
    changed: bool
    """The cart is another"""
    asked: bool
    """The cart is the same, but the assistant took it for business: it asks about it"""
    refused: bool
    """Nothing was heard, or nothing was understood"""
    confidence: float


def main() -> None:
    args = _arguments()
    if not args.sentences.is_file():
        print(f"skipped: there is no {args.sentences}")
        return
    voices = [v for v in args.voices.split(",") if v]
    if shutil.which("flite") is None and any(v.startswith("flite") for v in voices):
        print("the command flite is missing: its voices are left out (apt-get install flite)")
        voices = [v for v in voices if not v.startswith("flite")]
    lines = args.sentences.read_text(encoding="utf-8").splitlines()
    said = [str(json.loads(line)["utterance"]) for line in lines if line.strip()][args.start :: args.every]
    with tempfile.TemporaryDirectory() as folder:
        given = {"catalogue": args.catalogue, "database": f"sqlite:///{folder}/calls.db"}
        given |= {"data_dir": args.data_dir} if args.data_dir else {}
        settings = load_settings().model_copy(update=given)
        outcomes = []
        for number, outcome in enumerate(answers(said, voices, settings, args.phone), 1):
            outcomes.append(outcome)
            if not number % 20:
                print(f"  {number} of {len(said)}: {sum(o.changed for o in outcomes)} changed the cart", flush=True)
    _report(outcomes, voices, args.worst)


def answers(said: Sequence[str], voices: Sequence[str], settings: Settings, phone: bool = False) -> Iterator[Outcome]:
    """What each sentence did to a fresh call, spoken by the voices in turn."""
    speaker = Speaker()
    try:
        with Assistant.open(settings) as assistant:
            for words, voice in zip(said, cycle(voices), strict=False):
                audio = speaker.speak(words, voice)
                yield _answer(assistant, words, voice, degrade(audio, Degradation(channel="phone")) if phone else audio)
    finally:
        speaker.close()


def _answer(assistant: Assistant, words: str, voice: str, audio: AudioChunk) -> Outcome:
    session, _ = assistant.start("kiosk")
    before = session.cart
    utterance = assistant.recognize(session, audio)
    turn = assistant.take_turn(session, utterance)
    changed = session.cart != before
    confidence = utterance.hypotheses[0].confidence if utterance.hypotheses else 0.0
    refused = isinstance(turn.interpretation, NoMatch | NoInput)
    return Outcome(words, voice, utterance.text, changed, _asks(turn) and not (changed or refused), refused, confidence)


def _asks(turn: Turn) -> bool:
    return turn.reply.expects.kind in ASKING


def _report(outcomes: Sequence[Outcome], voices: Sequence[str], worst: int) -> None:
    print(f"{'voice':<24}{'turns':>8}{'changed':>9}{'%':>8}{'asked':>8}{'%':>8}{'refused':>9}")
    for voice in voices:
        _line(voice, [o for o in outcomes if o.voice == voice])
    _line("all", outcomes)
    offenders = Counter(o.heard for o in outcomes if o.changed)
    if offenders:
        print("heard as: " + "; ".join(f"{heard} {n}" for heard, n in offenders.most_common(worst)))
    for o in sorted((o for o in outcomes if o.changed), key=lambda o: -len(o.heard.split()))[:worst]:
        print(f"    {o.voice}: {o.said} | {o.heard}")


def _line(label: str, outcomes: Sequence[Outcome]) -> None:
    turns, changed = len(outcomes), sum(o.changed for o in outcomes)
    asked, refused = sum(o.asked for o in outcomes), sum(o.refused for o in outcomes)
    share, asking = (100 * n / max(1, turns) for n in (changed, asked))
    print(f"{label:<24}{turns:>8}{changed:>9}{share:>8.2f}{asked:>8}{asking:>8.2f}{refused:>9}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="only every Nth sentence")
    parser.add_argument("--start", type=int, default=0, help="the first of those")
    parser.add_argument("--voices", default=",".join(VOICES), help="names with commas: " + ", ".join(VOICES))
    parser.add_argument("--phone", action="store_true", help="over a telephone line: 8 kHz, mu-law")
    parser.add_argument("--catalogue", type=Path, default=DEMO)
    parser.add_argument("--data-dir", type=Path, help="where models and graphs are kept")
    parser.add_argument("--worst", type=int, default=15, help="how many that changed the cart to print")
    return parser.parse_args()


if __name__ == "__main__":
    main()
