"""The two rules of the house: imports point one way, and each foreign library appears in one place."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# Module prefix -> prefixes of ours that it may import. The longest prefix that fits a module counts.
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "voice.types": (),
    "voice.errors": (),
    "voice.settings": ("voice.errors",),
    "voice.language": ("voice.errors",),
    "voice.normalize": ("voice.errors", "voice.language"),
    "voice.diets": ("voice.language", "voice.shop.model"),
    "voice.phones": (),
    "voice.phonetics": ("voice.errors", "voice.language", "voice.settings", "voice.phones"),
    "voice.shop.model": (),
    "voice.shop": ("voice.types", "voice.errors", "voice.language", "voice.settings", "voice.shop"),
    "voice.audio": ("voice.types", "voice.errors", "voice.language", "voice.settings", "voice.audio"),
    "voice.speech": ("voice.types", "voice.errors", "voice.language", "voice.settings", "voice.audio", "voice.speech"),
    "voice.understanding": (
        "voice.types", "voice.errors", "voice.language", "voice.normalize", "voice.phonetics", "voice.diets",
        "voice.shop.model", "voice.understanding",
    ),
    "voice.recognition": (
        "voice.types", "voice.errors", "voice.language", "voice.normalize", "voice.phones", "voice.phonetics",
        "voice.settings", "voice.diets", "voice.shop.model", "voice.audio", "voice.recognition",
    ),
    "voice.dialogue": (
        "voice.types", "voice.errors", "voice.language", "voice.normalize", "voice.settings", "voice.diets",
        "voice.shop", "voice.understanding", "voice.dialogue",
    ),
    "voice": ("voice",),
    "server": ("voice", "server"),
}

# Library -> where it may be imported.
CONFINED: dict[str, tuple[str, ...]] = {
    "vosk": ("voice.recognition",),
    "pocketsphinx": ("voice.recognition",),
    "pynini": ("voice.recognition",),
    "pywrapfst": ("voice.recognition",),
    "pyttsx3": ("voice.speech",),
    "sounddevice": ("voice.audio",),
    "flask": ("server",),
    "flask_sock": ("server",),
    "simple_websocket": ("server",),
    "gunicorn": ("server",),
    "sqlalchemy": ("voice.shop.storage",),
    "alembic": ("voice.shop.storage",),
    "rapidfuzz": ("voice.understanding",),
    "hassil": ("voice.understanding", "voice.recognition"),
    "babel": ("voice.dialogue", "voice.shop"),
}


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("voice", "server"):
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imported(path: Path) -> Iterator[str]:
    """Every module a file imports, function-level imports included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_imports_point_one_way(module: str, path: Path) -> None:
    rule = max((prefix for prefix in MAY_IMPORT if within(module, prefix)), key=len)
    ours = {name for name in imported(path) if within(name, "voice") or within(name, "server")} - {"voice", "server"}
    # `from voice.x import name` yields both voice.x and voice.x.name: the shorter decides.
    wrong = {name for name in ours if not any(within(name, allowed) for allowed in MAY_IMPORT[rule])}
    assert not wrong, f"{module} may import only {MAY_IMPORT[rule]}; move what it needs from {sorted(wrong)}"


@pytest.mark.parametrize(("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else "")
def test_each_library_appears_in_one_place(module: str, path: Path) -> None:
    for name in imported(path):
        places = CONFINED.get(name.split(".")[0])
        allowed = places is None or any(within(module, place) for place in places)
        assert allowed, f"{module} imports {name}: only {places} may"
