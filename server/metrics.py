"""What Prometheus reads at /metrics. Counts and times only: nothing that was said, nobody's number."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

SECONDS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 5.0)


class Metrics:
    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.active = Gauge("comanda_calls_active", "Calls under way", registry=self.registry)
        self.calls = Counter(
            "comanda_calls", "Calls ended, by channel and outcome", ["channel", "outcome"], registry=self.registry
        )
        self.refused = Counter("comanda_refused", "Requests refused, by reason", ["reason"], registry=self.registry)
        self.bad_frames = Counter(
            "comanda_bad_frames", "Frames that break their protocol", ["provider"], registry=self.registry
        )
        self.dropped = Counter(
            "comanda_audio_dropped_seconds", "Audio dropped because a call fell behind", registry=self.registry
        )
        self.barge_ins = Counter("comanda_barge_ins", "Prompts cut short by the caller", registry=self.registry)
        self.response = Histogram(
            "comanda_response_seconds", "End of speech, as detected, to first audio out", buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        self.stage = Histogram(
            "comanda_stage_seconds", "Time a stage of a turn took", ["stage"], buckets=SECONDS, registry=self.registry
        )
