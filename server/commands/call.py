"""`comanda call WAV...`: calls a running server and talks to it, so that all can be tried with no carrier."""

from __future__ import annotations

import uuid
from pathlib import Path

import click

from server.client.placed_call import PlacedCall
from server.client.placing import PROTOCOLS, Target, place, transcript
from voice.audio.pcm import read_audio, write_wav
from voice.settings import load_settings


@click.command()
@click.argument("wavs", nargs=-1, type=click.Path(path_type=Path))
@click.option("--protocol", type=click.Choice(PROTOCOLS), default="twilio", show_default=True)
@click.option("--url", help="The running server; without it, this machine's at the port of the settings.")
@click.option("--audiosocket-port", default=9092, show_default=True, envvar="COMANDA_AUDIOSOCKET_PORT",
              help="Its AudioSocket port, as COMANDA_AUDIOSOCKET_PORT opened it.")
@click.option("--caller", default="", help="The caller's number, as a carrier would tell it.")
@click.option("--keys", default="", help="Keys to press after the WAVs, for instance 2#.")
@click.option("--save", type=click.Path(path_type=Path), help="Write all that the assistant said to this WAV file.")
def call(
    wavs: tuple[Path, ...],
    protocol: str,
    url: str | None,
    audiosocket_port: int,
    caller: str,
    keys: str,
    save: Path | None,
) -> None:
    """Call the server; say each WAV once the assistant has finished speaking; print the dialogue."""
    spoken = [(path, read_audio(path)) for path in wavs]
    url = url or f"http://localhost:{load_settings().port}"
    target, call_id = Target(url, audiosocket_port), str(uuid.uuid4())
    told = 0
    with place(protocol, target, caller, call_id) as placed:
        placed.listen()
        told = _tell(target, call_id, told, None)
        for path, chunk in spoken:
            if placed.ended:
                break
            click.secho(f"  ({path.name}, {chunk.seconds:.1f} s)", dim=True)
            told = _exchange(placed, target, call_id, told, placed.speak(chunk))
        for key in keys if not placed.ended else "":
            click.secho(f"  (key {key})", dim=True)
            told = _exchange(placed, target, call_id, told, placed.press(key))
        click.secho(f"  (the call is over: {'the assistant' if placed.ended else 'you'} hung up)", dim=True)
        recording = placed.recording
    if save:
        write_wav(save, recording)
        click.echo(f"What the assistant said is in {save} ({recording.seconds:.1f} s).")


def _exchange(placed: PlacedCall, target: Target, call_id: str, told: int, spoken_at: float | None) -> int:
    heard = placed.listen(spoken_at)
    return _tell(target, call_id, told, heard.latency)


def _tell(target: Target, call_id: str, told: int, latency: float | None) -> int:
    """Prints the turns that are new. Returns how many have been printed."""
    turns = transcript(target, call_id)
    if not turns:
        told_by = "of calls that it took, by a server with COMANDA_UNSIGNED_LOCAL_CALLS=1"
        click.secho(f"  (it spoke; its words are told {told_by})", dim=True)
    for turn in turns[told:]:
        if turn["heard"]:
            click.echo(f"you:     {turn['heard']}")
        sentences = turn["sentences"]
        click.echo(f"comanda: {' '.join(str(s) for s in sentences) if isinstance(sentences, list) else sentences}")
    if latency is not None:
        click.secho(f"  (first sound of the answer {latency * 1000:.0f} ms after you had finished)", dim=True)
    return len(turns)
