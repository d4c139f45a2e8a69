"""Plays a recorded answer of `/metrics` again, with counters that go on and gauges that move.

What is recorded are names, labels and the shape of histograms; how fast it goes on is told. A
`Recording` gives samples of any second, for data of hours; `exporter` serves them on loopback.
"""

import math
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support import exposition
from tests.support.exposition import Family, Sample

PERIOD_SECONDS = 1800
"""Of the waves that gauges go in."""
DEPTH = 0.3
"""How far they go below what was recorded, as a share of it."""


class Recording:
    """One recorded answer."""

    def __init__(self, text: str, *, covers_seconds: float, labels: Mapping[str, str]) -> None:
        """Read it.

        Args:
            text: the answer.
            covers_seconds: in how many seconds counters came from 0 to what was recorded.
            labels: labels whose values are told anew, where a sample has them.
        """
        self._families = exposition.families(text)
        self._samples = [
            Sample(one.name, {**one.labels, **_present(labels, one.labels)}, one.value)
            for one in exposition.samples(text)
            if not exposition.tells_birth(one.name, self._families)
        ]
        self._covers = covers_seconds

    def at(self, seconds: float) -> Iterator[Sample]:
        """Yield every sample as it is some seconds after the counters began."""
        turn = math.sin(2 * math.pi * seconds / PERIOD_SECONDS)
        for one in self._samples:
            family = exposition.family_of(one.name, self._families)
            if _counts(one.name, family):
                value = float(round(one.value * seconds / self._covers, 6))
            elif _moves(one):
                value = one.value * (1 - DEPTH * (1 - turn) / 2)
            else:
                value = one.value
            yield Sample(one.name, one.labels, value)

    def text(self, seconds: float) -> str:
        """Return the answer as the program would give it then."""
        kinds = "".join(f"# TYPE {one.name} {one.kind}\n" for one in self._families.values())
        return kinds + "".join(f"{line(one)}\n" for one in self.at(seconds))


def line(sample: Sample, at: float | None = None) -> str:
    """Return a sample as it stands in an answer; with a time as `prometheus.blocks` takes it."""
    labels = ",".join(f'{name}="{_escaped(value)}"' for name, value in sample.labels.items())
    when = "" if at is None else f" {at:.0f}"
    return f"{sample.name}{{{labels}}} {sample.value!r}{when}"


@contextmanager
def exporter(recording: Recording) -> Generator[str]:
    """Serve a recording that goes on with the clock; yield its address."""
    began = time.monotonic()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = recording.text(60 + time.monotonic() - began).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _present(labels: Mapping[str, str], of: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in labels.items() if name in of}


def _counts(name: str, family: Family | None) -> bool:
    if family is None:
        return False
    return family.kind == "counter" or (
        family.kind in ("histogram", "summary") and name != family.name
    )


def _moves(sample: Sample) -> bool:
    """Whether a gauge is a measure: what is 0, 1 or a point in time is none."""
    return sample.value not in (0, 1) and not sample.name.endswith(("_info", "_time_seconds"))


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
