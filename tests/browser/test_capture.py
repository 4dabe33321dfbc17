"""The microphone's path in the page: what the worklet hands on is the microphone's sound at the recogniser's rate."""

from __future__ import annotations

import math

import pytest

from tests.browser.conftest import Open

TONE = """async ({base, from, hertz}) => {
  const { Resampler } = await import(base + "/widget/resampler.js");
  const resampler = new Resampler(from, 16000);
  const output = [];
  for (let block = 0; block < from / 128; block += 1) {
    const input = Float32Array.from({length: 128}, (_, i) => Math.sin(2 * Math.PI * hertz * (block * 128 + i) / from));
    output.push(...resampler.process(input));
  }
  const settled = output.slice(2000, 14000);
  const power = settled.reduce((sum, x) => sum + x * x, 0) / settled.length;
  let [re, im] = [0, 0];
  settled.forEach((x, i) => {
    const t = 2 * Math.PI * hertz * i / 16000;
    re += x * Math.cos(t);
    im += x * Math.sin(t);
  });
  return {count: output.length, power, tone: 2 * (re * re + im * im) / settled.length ** 2};
}"""


@pytest.mark.parametrize("rate", [44100, 48000, 96000, 16000])
def test_resampling_keeps_speech_and_folds_nothing_back(open_window: Open, server: str, rate: int) -> None:
    page = open_window().page
    page.goto(f"{server}/privacy")
    for hertz in (200, 1000, 4000, 6000):
        heard = page.evaluate(TONE, {"base": server, "from": rate, "hertz": hertz})
        assert abs(heard["count"] - 16000) < 300
        assert abs(10 * math.log10(heard["power"] / 0.5)) < 0.5, f"{hertz} Hz changed in loudness"
        assert heard["tone"] / heard["power"] > 0.99, f"{hertz} Hz did not stay a pure tone"
    for hertz in (9000, 12000, 20000):
        if hertz < rate / 2:
            heard = page.evaluate(TONE, {"base": server, "from": rate, "hertz": hertz})
            assert heard["power"] < 0.5e-6, f"{hertz} Hz comes back as {10 * math.log10(heard['power'] / 0.5):.0f} dB"
