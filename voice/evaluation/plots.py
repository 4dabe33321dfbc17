"""Small plots as inline SVG: no script, no font, no network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 620, 260, 56, 40, 16
_COLOURS = ("#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a")
Points = Sequence[tuple[float, float]]


def lines(series: Mapping[str, Points], across: str, up: str, low: float = 0.0, high: float = 1.0) -> str:
    """A line a series; `up` is a share, shown in percent between `low` and `high`."""
    places = [x for points in series.values() for x, _ in points]
    left, right = (min(places), max(places)) if places else (0.0, 1.0)
    span = (right - left) or 1.0

    def at(x: float, y: float) -> str:
        return f"{_LEFT + (x - left) / span * (_WIDTH - _LEFT - 130):.1f},{_y(y, low, high):.1f}"

    parts = [_frame(up, low, high)]
    parts += [
        f'<text x="{at(x, low).split(",")[0]}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{x:g}</text>'
        for x in sorted(set(places))[:: max(1, len(set(places)) // 8)]
    ]
    parts.append(f'<text x="{_WIDTH / 2 - 40}" y="{_HEIGHT - 6}" text-anchor="middle">{escape(across)}</text>')
    for number, (name, points) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join(at(x, min(max(y, low), high)) for x, y in sorted(points))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{path}"/>')
        height = _TOP + 12 + 18 * number
        parts.append(f'<text x="{_WIDTH - 122}" y="{height}" fill="{colour}">{escape(name)}</text>')
    return _svg(parts, f"{up} by {across}", _HEIGHT)


def bars(values: Mapping[str, tuple[float, tuple[float, float]]], title: str) -> str:
    """A bar a name: a share and its interval."""
    parts = []
    for number, (name, (share, (low, high))) in enumerate(values.items()):
        y = 10 + 24 * number
        width = _WIDTH - 260
        parts.append(f'<text x="170" y="{y + 12}" text-anchor="end">{escape(name[:26])}</text>')
        parts.append(f'<rect x="178" y="{y}" width="{share * width:.1f}" height="16" fill="{_COLOURS[0]}"/>')
        ends = f'x1="{178 + low * width:.1f}" x2="{178 + high * width:.1f}" y1="{y + 8}" y2="{y + 8}"'
        parts.append(f'<line {ends} stroke="#24292f"/>')
        parts.append(f'<text x="{184 + high * width:.1f}" y="{y + 12}">{share:.1%}</text>')
    return _svg(parts, title, 20 + 24 * len(values))


def _frame(up: str, low: float, high: float) -> str:
    marks = []
    for step in range(6):
        value = low + (high - low) * step / 5
        y = _y(value, low, high)
        marks.append(f'<line x1="{_LEFT}" x2="{_WIDTH - 130}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d0d7de"/>')
        marks.append(f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{100 * value:g}</text>')
    return "".join(marks) + f'<text x="4" y="12">{escape(up)} %</text>'


def _y(value: float, low: float, high: float) -> float:
    return _HEIGHT - _BOTTOM - (value - low) / ((high - low) or 1) * (_HEIGHT - _BOTTOM - _TOP - 8)


def _svg(parts: Sequence[str], title: str, height: int) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
