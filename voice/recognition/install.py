"""Installs a model from its zip: wholly or not at all, and never outside its folder."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import stat
import tempfile
import zipfile
from pathlib import Path, PurePosixPath
from typing import Any

from voice.errors import ModelError
from voice.recognition.models import inspect

MANIFEST = "comanda-manifest.json"
_LARGEST_GROWTH = 30
"""A zip that unpacks to more than this times its size is a bomb; models grow two- or threefold"""
_BLOCK = 1 << 20


def install_zip(archive: Path, folder: Path, name: str, language: str, source: str) -> Path:
    """Unpacks a model's zip to `folder`/`name` in one step, with a manifest of sizes and SHA-256, and returns it.

    Raises ModelError for a damaged or hostile zip, one that holds no Vosk model, one that differs from what was
    installed under this name before, or a full disk; nothing is left behind.
    """
    digest = sha256(archive)
    _check_known(folder / name, digest, archive)
    temporary: Path | None = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=folder))
        with zipfile.ZipFile(archive) as zipped:
            _unpack(zipped, archive, temporary)
        root = _model_root(temporary, language)
        _write_manifest(root, {"name": name, "source": source, "size": archive.stat().st_size, "sha256": digest})
        _swap_in(root, folder / name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ModelError(f"{archive} is damaged ({error}). Delete it and repeat the command.") from error
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise ModelError(f"The disk of {folder} is full. Make room and repeat the command.") from error
        raise ModelError(f"{folder} cannot be written: {error.strerror or error}.") from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return folder / name


def verify(model: Path) -> bool | None:
    """Whether an installed model is as it was installed, by size and SHA-256 of every file; None without a manifest."""
    manifest = _read_manifest(model)
    if manifest is None:
        return None
    files: dict[str, list[Any]] = manifest["files"]
    return all(_same(model / path, size, digest) for path, (size, digest) in files.items())


def sha256(file: Path) -> str:
    """Hexadecimal digest. Raises ModelError when the file cannot be read."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as handle:
            while block := handle.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise ModelError(f"{file} cannot be read: {error.strerror or error}.") from error
    return digest.hexdigest()


def _check_known(model: Path, digest: str, archive: Path) -> None:
    manifest = _read_manifest(model)
    if manifest is not None and manifest["sha256"] != digest:
        raise ModelError(
            f"{archive} is not the file that {model.name} was installed from (its SHA-256 differs). "
            f"If the new one is right, delete {model} first."
        )


def _unpack(zipped: zipfile.ZipFile, archive: Path, target: Path) -> None:
    entries = zipped.infolist()
    for entry in entries:
        _refuse_hostile(entry, archive)
    unpacked = sum(e.file_size for e in entries)
    if unpacked > _LARGEST_GROWTH * max(archive.stat().st_size, 1 << 20):
        raise ModelError(f"{archive} would unpack to {unpacked >> 20} MB: that is no model. Delete it.")
    if unpacked > shutil.disk_usage(target).free:
        raise OSError(errno.ENOSPC, "No space left on device")
    for entry in entries:
        path = target / entry.filename
        if entry.is_dir():
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipped.open(entry) as packed, path.open("xb") as file:  # reading to the end checks the CRC
            shutil.copyfileobj(packed, file, _BLOCK)
            file.flush()
            os.fsync(file.fileno())


def _refuse_hostile(entry: zipfile.ZipInfo, archive: Path) -> None:
    """Raises ModelError for a path that leaves the folder (zip-slip) and for anything but files and folders."""
    path = PurePosixPath(entry.filename)
    outside = path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if outside or kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ModelError(f"{archive} holds '{entry.filename}', which a model never does. Delete it: it is not safe.")


def _model_root(unpacked: Path, language: str) -> Path:
    """The folder that holds the model: the zip's only top folder, or the zip itself."""
    inside = list(unpacked.iterdir())
    root = inside[0] if len(inside) == 1 and inside[0].is_dir() else unpacked
    inspect(root, language)
    return root


def _write_manifest(root: Path, about: dict[str, object]) -> None:
    files = {
        file.relative_to(root).as_posix(): [file.stat().st_size, sha256(file)]
        for file in sorted(root.rglob("*"))
        if file.is_file()
    }
    with (root / MANIFEST).open("w", encoding="utf-8") as handle:
        json.dump({**about, "files": files}, handle, indent=1)
        handle.flush()
        os.fsync(handle.fileno())


def _swap_in(root: Path, final: Path) -> None:
    """Puts the new folder in the place of the old one; whoever has the old one open keeps it until they close it."""
    old = None
    if final.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{final.name}-old-", dir=final.parent))
        final.rename(old / final.name)
    try:
        root.rename(final)
        root_of_final = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(root_of_final)
        finally:
            os.close(root_of_final)
    except OSError:
        if old is not None and not final.exists():
            (old / final.name).rename(final)
        raise
    finally:
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)


def _read_manifest(model: Path) -> dict[str, Any] | None:
    try:
        manifest: dict[str, Any] = json.loads((model / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return manifest if {"sha256", "files"} <= manifest.keys() else None


def _same(file: Path, size: int, digest: str) -> bool:
    return file.is_file() and file.stat().st_size == size and sha256(file) == digest
