"""Turn-taking on simulated lines: levels, noise, hum, echo, coughs, backchannels. Its clock is the audio."""

from __future__ import annotations

import pytest

from tests.audio.conftest import Speak
from tests.audio.line import RATE, Line, Samples, breath, chunk, cough, db, ends, kinds, samples
from voice.audio.turn_taking import (
    BargeIn,
    EndOfTurn,
    Event,
    FalseStart,
    NoInput,
    PromptHeard,
    SpeechStarted,
    TurnTaker,
)
from voice.language import load_language
from voice.settings import Settings
from voice.types import AudioChunk

ORDER = "Could I have two large lattes with oat milk please"


def taker(*, half_duplex: bool = False, **settings: float | bool) -> TurnTaker:
    chosen = Settings().model_copy(update=settings)
    return TurnTaker(chosen, load_language("en"), RATE, half_duplex=half_duplex)


def said(text: str, complete: bool, *, after: float = 0.0) -> object:
    return lambda at: (text, complete) if at >= after else ("", False)


@pytest.fixture(scope="module")
def order(call: Speak) -> Samples:
    return samples(call(ORDER))


@pytest.fixture(scope="module")
def prompt(speak: Speak) -> list[AudioChunk]:
    sentences = ["Welcome to Juniper Bakery.", "We have fresh croissants and cinnamon rolls.", "What would you like?"]
    return [speak(sentence) for sentence in sentences]


# --- when a turn begins and ends


@pytest.mark.parametrize("level", [6.0, 0.0, -12.0, -24.0])
@pytest.mark.parametrize(("noise", "hum"), [(4.0, 0.0), (4.0, 1500.0), (60.0, 0.0)])
def test_a_turn_is_found_whole_at_any_level(order: Samples, level: float, noise: float, hum: float) -> None:
    noise *= db(level) if noise > 4 else 1
    events = Line(taker(), [(1.5, order * db(level))], noise=noise, hum=hum * db(level)).run(8)
    assert kinds(events) == ["SpeechStarted", "EndOfTurn"]
    start, end = events
    assert isinstance(start, SpeechStarted) and isinstance(end, EndOfTurn)
    assert start.at == pytest.approx(1.5, abs=0.3 if hum else 0.15)
    assert end.speech_end == pytest.approx(1.5 + len(order) / RATE - 0.15, abs=0.3)
    assert end.audio.seconds >= len(order) / RATE
    assert end.at - end.speech_end == pytest.approx(Settings().end_of_turn, abs=0.03)


@pytest.mark.parametrize(
    ("words", "complete", "reason", "delay"),
    [
        ("two large lattes with oat milk", True, "complete", Settings().end_of_turn_complete),
        ("large lattes milk", False, "silence", Settings().end_of_turn),
        ("i'd like two", False, "unfinished", Settings().end_of_turn_incomplete),
        ("a latte and a", False, "unfinished", Settings().end_of_turn_incomplete),
        ("a latte um", False, "unfinished", Settings().end_of_turn_incomplete),
        ("two", True, "complete", Settings().end_of_turn_complete),
        ("my number is oh six one", True, "spelling", Settings().end_of_turn_spelling),
    ],
)
def test_what_was_said_decides_how_long_to_wait(
    order: Samples, words: str, complete: bool, reason: str, delay: float
) -> None:
    events = Line(taker(), [(0.5, order)], hears=lambda _: (words, complete)).run(8)
    (end,) = ends(events)
    assert end.reason == reason
    assert end.at - end.speech_end == pytest.approx(delay, abs=0.03)


def test_a_pause_in_an_unfinished_sentence_does_not_cut_it_off(call: Speak) -> None:
    first, second = samples(call("I'd like two")), samples(call("blueberry muffins"))
    gap = 0.5 + len(first) / RATE + 1.0
    line = Line(taker(), [(0.5, first), (gap, second)])
    line.hears = lambda at: ("i'd like two", False) if at < gap + 0.6 else ("i'd like two blueberry muffins", True)
    (end,) = ends(line.run(8))
    assert end.speech_end > gap


def test_a_turn_without_end_is_answered(call: Speak) -> None:
    talk = samples(call(" and ".join([ORDER] * 6)))
    (end, *_) = ends(Line(taker(max_utterance=5.0), [(0.5, talk)]).run(9))
    assert end.reason == "too_long"
    assert end.at == pytest.approx(5.5, abs=0.2)


@pytest.mark.parametrize("sound", [cough(0.1), cough(0.3), breath(), breath(1.0, -30)])
def test_coughs_and_breaths_are_no_turns(sound: Samples) -> None:
    assert ends(Line(taker(), [(1.0, sound)]).run(4)) == []


@pytest.mark.parametrize("gap", [0.3, 0.6])
def test_a_quick_conversation_is_heard_to_the_end(call: Speak, speak: Speak, gap: float) -> None:
    """Between prompts and quick answers is little silence: a caller's first sounds must not be learnt as noise."""
    listening, prompt = taker(), speak("Sorry?")
    for text in 5 * ("Yes please", "One latte", "Cancel my order"):
        answer = samples(call(text))
        line = Line(listening, [(prompt.seconds + gap, answer)], hears=said(text.lower(), True))  # type: ignore[arg-type]
        events = line.run(prompt.seconds + gap + len(answer) / RATE + 0.4, [prompt])
        assert kinds(events) == ["PromptHeard", "SpeechStarted", "EndOfTurn"], text


def test_noise_that_begins_in_the_middle_is_no_turn() -> None:
    steady = cough(6.0) * 0 + Line(taker(), noise=800)._incoming(6.0)
    assert ends(Line(taker(), [(1.0, steady)]).run(7)) == []


def test_chunks_of_any_size_give_the_same_turn(order: Samples) -> None:
    audio = Line(taker(), [(0.5, order)])._incoming(6)
    found = []
    for size in (1, 37, 160, 800, len(audio)):
        one = taker()
        starts: list[Event] = []
        turns: list[Event] = []
        for at in range(0, len(audio), size):
            for event in one.push(chunk(audio[at : at + size])):
                (turns if isinstance(event, EndOfTurn) else starts).append(event)
        assert isinstance(starts[0], SpeechStarted) and starts[0].audio.pcm
        found.append((starts[0].at, turns))
    assert all(one == found[0] for one in found)


def test_the_start_and_the_chunks_after_it_are_the_whole_turn(order: Samples) -> None:
    audio = Line(taker(), [(0.5, order)])._incoming(5)
    one, fed, end = taker(), b"", None
    for at in range(0, len(audio), 333):
        piece = chunk(audio[at : at + 333])
        speaking = one.speaking
        events = one.push(piece)
        for event in events:
            if isinstance(event, SpeechStarted):
                fed = event.audio.pcm
            elif isinstance(event, EndOfTurn):
                end = event
        if speaking and end is None:
            fed += piece.pcm
    assert end is not None
    assert end.audio.pcm.startswith(fed)
    assert len(end.audio.pcm) - len(fed) < 2 * 333


# --- nothing said


def test_the_wait_for_an_answer_begins_when_the_prompt_was_heard(prompt: list[AudioChunk]) -> None:
    length = sum(sentence.seconds for sentence in prompt)
    events = Line(taker(no_input=3.0)).run(length + 10, prompt)
    assert kinds(events) == ["PromptHeard", "NoInput"]
    heard, none = events
    assert isinstance(heard, PromptHeard) and heard.sentences == 3
    assert heard.at == pytest.approx(length, abs=0.05)
    assert isinstance(none, NoInput) and none.at == pytest.approx(length + 3, abs=0.1)


def test_the_other_sides_word_on_what_was_played_counts(prompt: list[AudioChunk]) -> None:
    one = taker(no_input=1.0)
    for sentence in prompt:
        one.playback_queued(sentence)
    for _ in range(50):  # the network holds a second back
        assert one.push(chunk(samples(AudioChunk(bytes(320), RATE)))) == []
        one.playback_progress(0.2)
    assert kinds(one.playback_finished()) == ["PromptHeard"]
    assert one.playback_finished() == []
    assert kinds([e for _ in range(60) for e in one.push(AudioChunk(bytes(320), RATE))]) == ["NoInput"]


# --- interruptions


@pytest.mark.parametrize("level", [0.0, -10.0])
@pytest.mark.parametrize("words", ["Could I have a latte", "I want to order", "Two muffins please", "No, wait for me"])
def test_speech_stops_the_prompt_within_200_ms(
    call: Speak, prompt: list[AudioChunk], words: str, level: float
) -> None:
    speech = samples(call(words)) * db(level)
    events = Line(taker(), [(2.0, speech)], hears=said(words, True, after=2.6), echo_loss=25).run(8, prompt)  # type: ignore[arg-type]
    assert kinds(events)[:3] == ["SpeechStarted", "BargeIn", "EndOfTurn"]
    start, barge = events[:2]
    assert isinstance(start, SpeechStarted) and isinstance(barge, BargeIn)
    if level == 0:  # softer, it has to compete with the echo
        assert barge.at - start.at <= 0.2 + 1e-9
        assert barge.at - 2.0 <= 0.4, "the first sound may be a soft consonant"
    assert barge.heard_sentences == 1
    assert start.at >= 1.95


@pytest.mark.parametrize("sound", [cough(0.15), cough(0.3), cough(0.3, -20), breath()])
def test_a_cough_does_not_stop_the_prompt(prompt: list[AudioChunk], sound: Samples) -> None:
    length = sum(sentence.seconds for sentence in prompt)
    events = Line(taker(), [(2.0, sound)], echo_loss=25).run(length + 2, prompt)
    assert kinds(events) == ["PromptHeard"]


@pytest.mark.parametrize("words", ["okay", "mm hm", "right", "yeah"])
def test_a_backchannel_is_taken_back_and_nothing_is_lost(call: Speak, prompt: list[AudioChunk], words: str) -> None:
    length = sum(sentence.seconds for sentence in prompt)
    line = Line(taker(), [(2.0, samples(call(words)))], hears=said(words, True, after=2.4), echo_loss=30)  # type: ignore[arg-type]
    events = line.run(length + 4, prompt)
    assert ends(events) == []
    if "BargeIn" in kinds(events):
        assert kinds(events) == ["SpeechStarted", "BargeIn", "FalseStart", "PromptHeard"]
        barge, resumed, heard = events[1:]
        assert isinstance(barge, BargeIn) and isinstance(resumed, FalseStart) and isinstance(heard, PromptHeard)
        rest = sum(sentence.seconds for sentence in resumed.resume)
        assert rest == pytest.approx(length - barge.heard_seconds, abs=0.5)
        assert rest >= length - barge.heard_seconds
        assert heard.sentences == 3


def test_after_a_yes_or_no_question_okay_is_an_answer(call: Speak, prompt: list[AudioChunk]) -> None:
    one = taker()
    for sentence in prompt:
        one.playback_queued(sentence, answers_expected=True)
    line = Line(one, [(1.5, samples(call("yeah okay")))], hears=said("yeah okay", True, after=1.9))  # type: ignore[arg-type]
    assert kinds(line.run(6)) == ["SpeechStarted", "BargeIn", "EndOfTurn"]


@pytest.mark.parametrize("level", [0.0, -10.0, -20.0])
def test_where_nothing_comes_back_a_soft_caller_is_heard(
    order: Samples, prompt: list[AudioChunk], level: float
) -> None:
    hears = said(ORDER.lower(), True, after=3.0)
    events = Line(taker(), [(2.2, order * db(level))], hears=hears).run(8, prompt)  # type: ignore[arg-type]
    assert kinds(events) == ["SpeechStarted", "BargeIn", "EndOfTurn"]
    barge = events[1]
    assert isinstance(barge, BargeIn) and barge.at - 2.2 <= 0.4


@pytest.mark.parametrize("delay", [0.0, 0.12, 0.25, 0.4])
@pytest.mark.parametrize("loss", [30.0, 20.0, 14.0])
def test_its_own_echo_does_not_stop_the_assistant(prompt: list[AudioChunk], loss: float, delay: float) -> None:
    length = 3 * sum(sentence.seconds for sentence in prompt)
    events = Line(taker(), echo_loss=loss, echo_delay=delay).run(length + 2, prompt * 3)
    assert kinds(events) == ["PromptHeard"]


@pytest.mark.parametrize("room", [0.2, 0.5])
@pytest.mark.parametrize("loss", [30.0, 20.0, 14.0])
def test_nor_does_it_from_a_room_that_rings(prompt: list[AudioChunk], loss: float, room: float) -> None:
    length = 6 * sum(sentence.seconds for sentence in prompt)
    events = Line(taker(), echo_loss=loss, echo_delay=0.137, room=room).run(length + 2, prompt * 6)
    assert kinds(events) == ["PromptHeard"]


@pytest.mark.parametrize(("delay", "room", "level"), [
    (0.02, 0.0, -10.0), (0.25, 0.0, -10.0), (0.45, 0.0, -10.0), (0.02, 0.3, -5.0), (0.25, 0.3, -5.0),
])  # fmt: skip
def test_a_soft_caller_is_heard_over_the_echo(
    order: Samples, prompt: list[AudioChunk], delay: float, room: float, level: float
) -> None:
    """What comes back is known band by band by then, and he is louder than it in many."""
    prompts, at = prompt * 2, 2.2 + sum(sentence.seconds for sentence in prompt)
    hears = said(ORDER.lower(), True, after=at + 0.8)
    caller = [(at, order * db(level))]
    line = Line(taker(), caller, hears=hears, echo_loss=20, echo_delay=delay, room=room)  # type: ignore[arg-type]
    events = line.run(at + 6, prompts)
    assert kinds(events) == ["SpeechStarted", "BargeIn", "EndOfTurn"]
    barge = events[1]
    assert isinstance(barge, BargeIn) and barge.at - at <= 0.6


def test_a_strong_echo_is_learnt(prompt: list[AudioChunk]) -> None:
    length = 3 * sum(sentence.seconds for sentence in prompt)
    line = Line(taker(), echo_loss=3.0)
    events = line.run(length + 6, prompt * 3)
    assert ends(events) == []
    assert kinds(events).count("BargeIn") <= 1
    assert kinds(events)[-1] == "PromptHeard"


@pytest.mark.parametrize("loss", [30.0, 20.0, 14.0])
def test_a_caller_is_heard_over_the_echo(order: Samples, prompt: list[AudioChunk], loss: float) -> None:
    line = Line(taker(), [(2.2, order)], hears=said(ORDER.lower(), True, after=3.0), echo_loss=loss)  # type: ignore[arg-type]
    events = line.run(8, prompt)
    assert kinds(events) == ["SpeechStarted", "BargeIn", "EndOfTurn"]
    barge = events[1]
    assert isinstance(barge, BargeIn) and barge.at - 2.2 <= (0.4 if loss >= 20 else 1.2)


def test_half_duplex_hears_nothing_while_it_speaks(order: Samples, prompt: list[AudioChunk]) -> None:
    length = sum(sentence.seconds for sentence in prompt)
    line = Line(taker(half_duplex=True), [(1.0, order), (length + 0.5, order)], echo_loss=0)
    events = line.run(length + 6, prompt)
    assert kinds(events) == ["PromptHeard", "SpeechStarted", "EndOfTurn"]


def test_a_key_interrupts_and_tells_what_was_heard(prompt: list[AudioChunk]) -> None:
    one = taker()
    assert one.interrupt() is None
    for sentence in prompt:
        one.playback_queued(sentence)
    for _ in range(round((prompt[0].seconds + 0.5) / 0.02)):
        one.push(AudioChunk(bytes(320), RATE))
    event = one.interrupt()
    assert event is not None and event.heard_sentences == 1
    assert one.interrupt() is None
