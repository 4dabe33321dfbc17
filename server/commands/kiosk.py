"""`comanda kiosk`: order at this machine's microphone."""

from __future__ import annotations

import contextlib
import select
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from werkzeug.serving import make_server

from server.app import create_app
from server.commands.serve import check_port
from server.kiosk.pages import screen_pages
from server.kiosk.screen import Screen
from voice.assistant import Assistant
from voice.audio import microphone
from voice.audio.files import FileLoudspeaker, FileMicrophone
from voice.kiosk import AudioIn, AudioOut, Button, Kiosk, Shown, no_button
from voice.settings import load_settings

console = Console(highlight=False)


@click.command()
@click.option("--list-devices", is_flag=True, help="Show microphones and loudspeakers, and stop.")
@click.option("--input", "input_device", help="Microphone: its number, or part of its name.")
@click.option("--output", "output_device", help="Loudspeaker: its number, or part of its name.")
@click.option("--push-to-talk", is_flag=True, help="Space begins and ends what you say, instead of an open microphone.")
@click.option("--barge-in", is_flag=True, help="Listen while speaking: for headsets, or echo-cancelling devices.")
@click.option("--file", "files", multiple=True, type=click.Path(path_type=Path), help="A WAV to be heard; repeat it.")
@click.option("--answers", type=click.Path(path_type=Path), help="With --file: write what is said as WAVs here.")
@click.option("--screen/--no-screen", default=True, help="Serve a page that shows dialogue and cart.")
@click.option("--port", type=int, help="The page's port (setting `port`).")
def kiosk(
    list_devices: bool, input_device: str | None, output_device: str | None, push_to_talk: bool, barge_in: bool,
    files: tuple[Path, ...], answers: Path | None, screen: bool, port: int | None,
) -> None:
    """Take orders at this machine's microphone and loudspeaker."""
    if list_devices:
        _print_devices()
        return
    audio_in: AudioIn
    audio_out: AudioOut
    if files:
        audio_in, audio_out = FileMicrophone(files), FileLoudspeaker(answers)
        console.print("The files are heard in place of a microphone; no sound device is used.", style="dim")
    else:
        audio_in = microphone.Microphone(_device(input_device))
        audio_out = microphone.Loudspeaker(_device(output_device))
    settings, push_to_talk = load_settings(), push_to_talk and not files
    settings = settings.model_copy(update={"port": port or settings.port})
    if screen:
        check_port(settings)
    with Assistant.open(settings) as assistant, _keys(push_to_talk) as key:
        console.print("Loading the speech model ...", style="dim")
        assistant.prepare()
        page = Screen(assistant, push_to_talk=push_to_talk)
        with served(page, assistant) if screen else contextlib.nullcontext() as address:
            if address:
                console.print(f"The screen is at [bold]{address}[/]: open it in this machine's browser, full screen.")
            console.print(_hint(push_to_talk, bool(files)), style="dim")
            Kiosk(
                assistant, audio_in, audio_out, show=_both(_show, page.show), button=_either(key, page.button),
                push_to_talk=push_to_talk, barge_in=barge_in,
            ).run()  # fmt: skip


@contextlib.contextmanager
def served(screen: Screen, assistant: Assistant) -> Iterator[str]:
    """The address of the kiosk's page while the block runs: on this machine alone, whatever `host` says."""
    app = create_app(assistant.settings, assistant)
    app.register_blueprint(screen_pages(screen))
    server = make_server("127.0.0.1", assistant.settings.port, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, name="screen", daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.port}/kiosk/screen"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _both(first: Callable[[Shown], None], second: Callable[[Shown], None]) -> Callable[[Shown], None]:
    def show(shown: Shown) -> None:
        first(shown)
        second(shown)

    return show


def _either(*buttons: Callable[[], Button]) -> Callable[[], Button]:
    """The first that was pressed."""
    return lambda: next((did for ask in buttons if (did := ask()) is not Button.NOTHING), Button.NOTHING)


def _hint(push_to_talk: bool, files: bool) -> str:
    if files:
        return ""
    return "Space: speak, space again: done. q: quit." if push_to_talk else "Speak after the greeting. Ctrl-C: quit."


def _device(name: str | None) -> str | int | None:
    return int(name) if name is not None and name.isdigit() else name


def _print_devices() -> None:
    table = Table("number", "name", "in", "out", "default")
    devices = microphone.list_devices()
    for d in devices:
        table.add_row(str(d.index), d.name, str(d.inputs or ""), str(d.outputs or ""), d.default)
    if devices:
        console.print(table)
    else:
        console.print("No sound device is there. Plug one in, or try: comanda kiosk --file WAV")


def _show(shown: Shown) -> None:
    """The dialogue on the terminal."""
    if shown.turn is not None:
        if shown.turn.utterance.text:
            console.print(f"[bold]You[/]      {shown.turn.utterance.text}")
        console.print(f"[green]Comanda[/]  {' '.join(shown.turn.sentences)}")
    elif shown.kind == "device_lost":
        console.print(f"{shown.text} Waiting for it ...", style="yellow")
    elif shown.kind == "device_back":
        console.print("The sound is back.", style="dim")
    elif shown.kind == "idle":
        console.print("Waiting for the next customer.", style="dim")


@contextlib.contextmanager
def _keys(wanted: bool) -> Iterator[Callable[[], Button]]:
    """Asks the terminal for keys without waiting. A terminal tells no releases, so the key toggles."""
    if not wanted or not sys.stdin.isatty():
        yield no_button
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    talking = False

    def pressed() -> Button:
        nonlocal talking
        if not select.select([sys.stdin], [], [], 0)[0]:
            return Button.NOTHING
        key = sys.stdin.read(1)
        if key == "q":
            return Button.QUIT
        if key not in " \n":
            return Button.NOTHING
        talking = not talking
        return Button.BEGIN if talking else Button.END

    try:
        tty.setcbreak(sys.stdin)
        yield pressed
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
