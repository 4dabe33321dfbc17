"""Single spoken digits at 8 kHz through the product's recogniser and understanding: quantities and order numbers.

    python -m tests.benchmarks.spoken_digits --manifest spoken_digits.jsonl [--every 5] [--state digits,quantity]
        [--catalogue FILE] [--verbose]

The manifest has rows {id, audio, text, value, speaker}; audio paths are relative to it. The recogniser is that of the
dialogue state in which that is expected: `digits` after "what is the number?" (answered as a string of digits),
`quantity` after "how many?" (answered as a number). Right is the one digit and nothing else.
Set: Free Spoken Digit Dataset (Jackson), CC BY-SA 4.0.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.barista import read_audio, settings_with
from voice.commands.understand import DEMO
from voice.language import load_language
from voice.recognition.graph import dialogue_state
from voice.recognition.service import RecognitionService
from voice.settings import Settings
from voice.shop.catalogue import load_catalogue
from voice.shop.model import Catalogue
from voice.types import Expectation, Interpretation, Understood
from voice.understanding.understander import Understander

STATES: Mapping[str, Expectation] = {"digits": Expectation("digits"), "quantity": Expectation("quantity")}
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Heard:
    """What became of one clip."""

    row: Row
    text: str
    """The words of the likeliest hypothesis"""
    value: str
    """What was understood: digits, or "" when it was no number"""

    @property
    def right(self) -> bool:
        return self.value == str(self.row["value"])


def main() -> None:
    args = _arguments()
    if not args.manifest.is_file():
        print(f"skipped: there is no {args.manifest}")
        return
    rows = [json.loads(line) for line in args.manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = rows[args.start :: args.every]
    catalogue = load_catalogue(args.catalogue)
    for state in args.state.split(","):
        began, seconds = time.process_time(), 0.0
        heard = []
        for one, length in listen(rows, args.manifest.parent, catalogue, settings_with(args.data_dir), state):
            heard.append(one)
            seconds += length
        _report(state, heard, (time.process_time() - began) / max(seconds, 1e-9), args.verbose)


def listen(
    rows: Sequence[Row], folder: Path, catalogue: Catalogue, settings: Settings, state: str
) -> Iterator[tuple[Heard, float]]:
    """Each clip as it was heard in a state, and its seconds."""
    service = RecognitionService(settings, catalogue, "en")
    understander = Understander(catalogue, load_language("en"))
    expectation = STATES[state]
    _wait_for_graph(service, expectation)
    for row in rows:
        audio = read_audio(folder / row["audio"])
        utterance = service.recognize(audio, expectation)
        meaning = understander.interpret(utterance, expectation, (), None)
        yield Heard(row, utterance.text, number_of(meaning)), audio.seconds


def _wait_for_graph(service: RecognitionService, expectation: Expectation) -> None:
    """The service compiles a state's graph in the background and hears with the open one meanwhile."""
    state = dialogue_state(expectation.kind)
    service.prepare(state, "telephone")
    for thread in threading.enumerate():
        if thread.name == f"graph-{state}":
            thread.join()


def number_of(meaning: Interpretation) -> str:
    """The digits of the one answer; "" for anything else."""
    if not isinstance(meaning, Understood) or len(meaning.intents) != 1:
        return ""
    intent = meaning.intents[0]
    slot = {"answer.phone": "phone", "answer.number": "value"}.get(intent.name, "")
    return str(intent.slots.get(slot, ""))


def _report(state: str, heard: Sequence[Heard], factor: float, verbose: bool) -> None:
    print(f"{state} state, {len(heard)} clips, RTF {factor:.3f}")
    speakers = sorted({str(h.row.get("speaker", "")) for h in heard})
    for speaker in speakers:
        _line(f"  {speaker}", [h for h in heard if h.row.get("speaker", "") == speaker])
    for value in sorted({h.row["value"] for h in heard}):
        _line(f"  {value}", [h for h in heard if h.row["value"] == value])
    _line("  all", heard)
    wrong = Counter((str(h.row["text"]), h.text or "(nothing)") for h in heard if not h.right)
    print("  heard instead: " + "; ".join(f"{said} as {text} {n}" for (said, text), n in wrong.most_common(25)))
    if verbose:
        for h in heard:
            if not h.right:
                print(f"    {h.row['id']} {h.row.get('seconds', '')}: {h.text} | {h.value}")


def _line(label: str, heard: Sequence[Heard]) -> None:
    right = sum(h.right for h in heard)
    print(f"{label:16}{right:6} of {len(heard):5}{100 * right / max(1, len(heard)):9.2f}%", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="only every Nth row")
    parser.add_argument("--start", type=int, default=0, help="the first row of those")
    parser.add_argument("--state", default=",".join(STATES), help="digits, quantity or both with a comma")
    parser.add_argument("--catalogue", type=Path, default=DEMO)
    parser.add_argument("--data-dir", type=Path, help="where models and graphs are kept")
    parser.add_argument("--verbose", action="store_true", help="print every clip that went wrong")
    return parser.parse_args()


if __name__ == "__main__":
    main()
