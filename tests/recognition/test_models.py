"""Speech models: found on the machine, downloaded over a bad line, installed wholly or not at all."""

from __future__ import annotations

import io
import json
import shutil
import stat
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.recognition.model_server import FILES, NAME, Server, model_zip
from voice.commands.models import models
from voice.errors import ModelError
from voice.recognition.download import download
from voice.recognition.install import MANIFEST, install_zip, verify
from voice.recognition.models import ModelInfo, find_model, installed, is_model, language_of
from voice.recognition.official_models import OFFICIAL, official
from voice.settings import Settings


def model_folder(folder: Path, name: str, *files: str) -> Path:
    for file in files or ("am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst"):
        (folder / name / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / file).write_bytes(b"x")
    return folder / name


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A machine with no model anywhere."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("VOSK_MODEL_PATH", raising=False)
    return Settings(data_dir=tmp_path / "data", language="it")


def quiet(have: int, total: int) -> None:
    pass


def comanda(settings: Settings, url: str, *arguments: str) -> Result:
    environ = {"COMANDA_DATA_DIR": str(settings.data_dir), "COMANDA_MODELS_URL": url, "COMANDA_LANGUAGE": "it"}
    return CliRunner().invoke(models, arguments, env=environ)


# --- finding ---


def test_the_named_model_comes_first(tmp_path: Path, alone: Settings) -> None:
    mine = model_folder(tmp_path, "mine")
    model_folder(alone.models_dir, NAME)
    assert find_model(alone.model_copy(update={"model": mine})) == ModelInfo(mine, "lookahead", "it")


def test_a_named_model_that_is_not_there_is_told(tmp_path: Path, alone: Settings) -> None:
    with pytest.raises(ModelError, match=r"There is no folder .*nowhere"):
        find_model(alone.model_copy(update={"model": tmp_path / "nowhere"}))


def test_then_an_official_one_on_the_machine(tmp_path: Path, alone: Settings) -> None:
    cached = model_folder(tmp_path / "home" / ".cache" / "vosk", NAME)
    assert find_model(alone).path == cached
    named = model_folder(tmp_path / "named", NAME)
    assert find_model(alone, {"VOSK_MODEL_PATH": str(named)}).path == named
    assert find_model(alone, {"VOSK_MODEL_PATH": str(named.parent)}).path == named
    own = model_folder(alone.models_dir, NAME)
    assert find_model(alone, {"VOSK_MODEL_PATH": str(named)}).path == own


def test_a_model_that_takes_the_grammar_goes_first(alone: Settings) -> None:
    model_folder(alone.models_dir, "vosk-model-it-0.22", "am/final.mdl", "graph/HCLG.fst")
    small = model_folder(alone.models_dir, NAME)
    assert find_model(alone) == ModelInfo(small, "lookahead", "it")


def test_half_a_model_and_other_languages_are_passed_over(alone: Settings) -> None:
    model_folder(alone.models_dir, NAME, "am/final.mdl")
    model_folder(alone.models_dir, "vosk-model-small-ru-0.22")
    assert [m.language for m in installed(alone.models_dir)] == ["ru"]
    with pytest.raises(ModelError, match="comanda models install it"):
        find_model(alone)


def test_english_is_built_in(alone: Settings) -> None:
    assert find_model(alone.model_copy(update={"language": "en"})) == ModelInfo(None, "static", "en")


def test_a_wrong_folder_says_what_is_missing(tmp_path: Path, alone: Settings) -> None:
    with pytest.raises(ModelError, match=r"am/final\.mdl"):
        find_model(alone.model_copy(update={"model": tmp_path}))
    with pytest.raises(ModelError, match="no official speech model for 'xx'"):
        find_model(alone.model_copy(update={"language": "xx"}))


def test_the_old_layout_is_a_model_too(tmp_path: Path) -> None:
    assert is_model(model_folder(tmp_path, "vosk-model-small-tr-0.3", "final.mdl", "HCLr.fst", "Gr.fst"))


def test_names_tell_their_language() -> None:
    assert language_of("vosk-model-small-en-us-0.15") == "en"
    assert language_of("vosk-model-small-cn-9.9") == "zh"
    assert language_of("embedded-en") is None
    assert all(language_of(m.name) == m.language for m in OFFICIAL)


def test_small_models_are_the_first_choice() -> None:
    assert (found := official("ru")) and found.name == "vosk-model-small-ru-0.22"
    assert (found := official("ru", big=True)) and found.big
    assert official("tlh") is None


# --- downloading ---


def test_a_dropped_line_is_taken_up_again(server: Server, tmp_path: Path) -> None:
    server.drop_after = [70_000, 50_000]
    told: list[tuple[int, int]] = []
    download(server.url, tmp_path / "a.zip", lambda have, total: told.append((have, total)), pause=0)
    assert (tmp_path / "a.zip").read_bytes() == server.data
    assert server.asked == [None, "bytes=70000-", "bytes=120000-"]
    assert told[-1] == (len(server.data), len(server.data))
    assert [f.name for f in tmp_path.iterdir()] == ["a.zip"]


def test_a_later_command_goes_on_where_the_first_stopped(server: Server, tmp_path: Path) -> None:
    server.drop_after = [70_000] + [0] * 9
    with pytest.raises(ModelError, match="closed early"):
        download(server.url, tmp_path / "a.zip", quiet, pause=0)
    server.drop_after = []
    download(server.url, tmp_path / "a.zip", quiet, pause=0)
    assert server.asked[-1] == "bytes=70000-"
    assert (tmp_path / "a.zip").read_bytes() == server.data


@pytest.mark.parametrize("ranges", [True, False])
def test_a_file_that_changed_meanwhile_is_fetched_anew(server: Server, tmp_path: Path, ranges: bool) -> None:
    server.drop_after = [70_000] + [0] * 9
    with pytest.raises(ModelError):
        download(server.url, tmp_path / "a.zip", quiet, pause=0)
    server.data, server.tag, server.ranges, server.drop_after = model_zip({"am/final.mdl": b"new"}), '"two"', ranges, []
    download(server.url, tmp_path / "a.zip", quiet, pause=0)
    assert (tmp_path / "a.zip").read_bytes() == server.data


def test_a_file_shorter_than_announced_is_never_whole(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.drop_after = [1000] * 30
    with pytest.raises(ModelError, match="cannot be fetched"):
        download(server.url, tmp_path / "a.zip", quiet, pause=0)
    assert not (tmp_path / "a.zip").exists()


def test_what_the_server_does_not_have_is_not_asked_for_twice(server: Server, tmp_path: Path) -> None:
    server.status = 404
    with pytest.raises(ModelError, match="404"):
        download(server.url, tmp_path / "a.zip", quiet, pause=0)
    assert len(server.asked) == 1


def test_a_full_disk_says_so(server: Server, tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no /dev/full on this system")
    (tmp_path / "a.zip.part").symlink_to(full)
    with pytest.raises(ModelError, match=r"disk of .* is full"):
        download(server.url, tmp_path / "a.zip", quiet, pause=0)


# --- installing ---


def install(tmp_path: Path, data: bytes, name: str = NAME) -> Path:
    archive = tmp_path / "model.zip"
    archive.write_bytes(data)
    return install_zip(archive, tmp_path / "models", name, "it", "http://example.com/model.zip")


@pytest.mark.parametrize("top", [NAME + "/", ""])
def test_a_model_is_installed_with_what_proves_it(tmp_path: Path, top: str) -> None:
    path = install(tmp_path, model_zip(top=top))
    assert path == tmp_path / "models" / NAME
    assert is_model(path)
    manifest = json.loads((path / MANIFEST).read_text())
    assert manifest["size"] == (tmp_path / "model.zip").stat().st_size
    assert len(manifest["sha256"]) == 64
    assert verify(path) is True
    (path / "graph" / "Gr.fst").write_bytes(b"h")
    assert verify(path) is False
    assert [f.name for f in path.parent.iterdir()] == [NAME]


def test_a_model_of_unknown_origin_cannot_be_verified(tmp_path: Path) -> None:
    assert verify(model_folder(tmp_path, NAME)) is None


def test_installing_again_replaces_it_unless_the_file_differs(tmp_path: Path) -> None:
    path = install(tmp_path, model_zip())
    (path / "am" / "final.mdl").unlink()
    assert verify(install(tmp_path, model_zip())) is True
    with pytest.raises(ModelError, match="SHA-256 differs"):
        install(tmp_path, model_zip({**FILES, "am/final.mdl": b"other"}))
    assert verify(path) is True


def linked() -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as zipped:
        link = zipfile.ZipInfo(f"{NAME}/am")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(link, "/etc")
    return data.getvalue()


EVIL = {
    "above": model_zip({"../../evil": b"x"}),
    "absolute": model_zip({"/tmp/evil": b"x"}, top=""),
    "backslash": model_zip({"..\\evil": b"x"}),
    "drive": model_zip({"C:/evil": b"x"}, top=""),
    "link": linked(),
}


@pytest.mark.parametrize("data", EVIL.values(), ids=EVIL)
def test_hostile_zips_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ModelError, match="not safe"):
        install(tmp_path, data)
    assert list((tmp_path / "models").iterdir()) == []
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.zip", "models"]


def packed(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path, content in files.items():
            zipped.writestr(path, content)
    return data.getvalue()


BROKEN = {
    "no zip": b"<html>Please log in to this network</html>",
    "cut": model_zip()[:-100],
    "bit rot": model_zip().replace(b"modelmodel", b"modelmodeL", 1),
    "no model": model_zip({"readme.txt": b"hello"}),
    "half a model": model_zip({"am/final.mdl": b"x"}),
    "bomb": packed({"am/final.mdl": bytes(40 << 20)}),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_whole_model_leaves_nothing_behind(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(ModelError):
        install(tmp_path, data)
    assert list((tmp_path / "models").iterdir()) == []


def test_too_little_room_is_found_before_unpacking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(ModelError, match="is full"):
        install(tmp_path, model_zip())
    assert list((tmp_path / "models").iterdir()) == []


# --- the command ---


def test_install_list_path_and_check(server: Server, alone: Settings) -> None:
    result = comanda(alone, server.url, "install", "it")
    assert result.exit_code == 0, result.output
    assert "Apache-2.0" in result.output
    assert [f.name for f in alone.models_dir.iterdir()] == [NAME]
    assert comanda(alone, server.url, "path").output.strip() == str(alone.models_dir / NAME)
    assert str(alone.models_dir / NAME)[:20] in comanda(alone, server.url, "list", "it").output
    assert "as installed" in comanda(alone, server.url, "check").output
    (alone.models_dir / NAME / "conf" / "mfcc.conf").write_bytes(b"changed")
    damaged = comanda(alone, server.url, "check")
    assert "CHANGED" in damaged.output
    assert isinstance(damaged.exception, ModelError)


def test_without_internet_it_says_what_to_do(alone: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.recognition.download.time.sleep", lambda _: None)
    result = comanda(alone, "http://127.0.0.1:9", "install", "it")
    assert isinstance(result.exception, ModelError)
    assert f"{NAME}.zip on another machine" in str(result.exception)
    assert str(alone.models_dir / NAME) in str(result.exception)


def test_a_zip_brought_by_hand_is_installed_and_kept(tmp_path: Path, alone: Settings) -> None:
    (tmp_path / "it.zip").write_bytes(model_zip())
    result = comanda(alone, "http://127.0.0.1:9", "install", NAME, "--file", str(tmp_path / "it.zip"))
    assert result.exit_code == 0, result.output
    assert (tmp_path / "it.zip").exists()


def test_an_unknown_language_lists_the_known_ones(alone: Settings) -> None:
    error = comanda(alone, "http://127.0.0.1:9", "install", "tlh").exception
    assert isinstance(error, ModelError)
    assert "it" in str(error)
