"""A real Prometheus with data of a fixed day, and promtool.

Data come in two ways: `blocks` writes what `Sample`s say into a folder, which takes seconds for
hours of data; `Scrape`s are asked while it runs. What rules record over data of the past is added
by `record`. Everything is on loopback, in the folder that it is given, and ends with its test.
"""

import json
import subprocess
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import urllib3
import yaml

from infra.rehearsal.ladder import Programs
from infra.wire import Properties
from tests.support.engine import free_port

START_SECONDS = 60
BLOCK_HOURS = 2
RETENTION = "100y"
"""Data of a fixed day must not be thrown away for their age."""


@dataclass(frozen=True)
class Answer:
    """One series of an answer."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]
    """Seconds since 1970, and value."""

    @property
    def value(self) -> float:
        """Its last value."""
        return self.points[-1][1]


@dataclass(frozen=True)
class Scrape:
    """A target."""

    job: str
    address: str
    """`127.0.0.1:8000`."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What the scrape adds."""
    path: str = "/metrics"
    every_seconds: int = 1
    """How often it is asked, and how long it may take to answer."""

    def config(self) -> Properties:
        """Return it as Prometheus' file has it."""
        return {
            "job_name": self.job,
            "metrics_path": self.path,
            "scrape_interval": f"{self.every_seconds}s",
            "scrape_timeout": f"{self.every_seconds}s",
            "honor_labels": False,
            "static_configs": [{"targets": [self.address], "labels": dict(self.labels)}],
        }


class QueryError(AssertionError):
    """Prometheus refused a query; the message is its own."""


class Server:
    """A running Prometheus."""

    def __init__(self, port: int) -> None:
        """Take its port."""
        self.url = f"http://127.0.0.1:{port}"
        self._pool = urllib3.PoolManager(retries=False)

    def is_ready(self) -> bool:
        """Say whether it answers."""
        try:
            return self._pool.request("GET", f"{self.url}/-/ready", timeout=5).status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def instant(self, query: str, at: float | None = None) -> list[Answer]:
        """Return the answer to a query at a time, in seconds since 1970; None is now."""
        when = {} if at is None else {"time": str(at)}
        found = self._ask("query", query=query, **when)
        if found["resultType"] == "scalar":
            return [Answer({}, (_point(found["result"]),))]
        return [Answer(one["metric"], (_point(one["value"]),)) for one in found["result"]]

    def over(self, query: str, start: float, end: float, step: float) -> list[Answer]:
        """Return the answer to a query over a time, as a panel asks for it."""
        found = self._ask(
            "query_range", query=query, start=str(start), end=str(end), step=str(step)
        )
        return [
            Answer(one["metric"], tuple(_point(value) for value in one["values"]))
            for one in found["result"]
        ]

    def healthy_targets(self) -> int:
        """Return how many targets were scraped well the last time."""
        targets = self._ask("targets", state="active")["activeTargets"]
        return sum(one["health"] == "up" for one in targets)

    def _ask(self, what: str, **fields: str) -> dict:
        method = "GET" if what == "targets" else "POST"
        answer = self._pool.request(method, f"{self.url}/api/v1/{what}", fields=fields, timeout=60)
        found = json.loads(answer.data)
        if found["status"] != "success":
            message = f"{fields}: {found['error']}"
            raise QueryError(message)
        return found["data"]


@contextmanager
def running(
    programs: Programs,
    folder: Path,
    scrapes: Sequence[Scrape] = (),
    rules: Path | None = None,
) -> Generator[Server]:
    """Start Prometheus on a folder with its data, and end it.

    Args:
        programs: has `prometheus`.
        folder: `data` in it are its blocks; configuration and log go there.
        scrapes: what it asks.
        rules: file of rules, evaluated each second or as it says.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "global": {"evaluation_interval": "1s"},
        "scrape_configs": [one.config() for one in scrapes],
        "rule_files": [str(rules)] if rules else [],
    }
    (folder / "prometheus.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    port = free_port()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [
                programs.path("prometheus"),
                f"--config.file={folder / 'prometheus.yaml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--storage.tsdb.retention.time={RETENTION}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        server = Server(port)
        deadline = time.monotonic() + START_SECONDS
        while not server.is_ready():
            said = (folder / "log").read_text(encoding="utf-8", errors="replace")[-3000:]
            assert process.poll() is None, f"Prometheus ended:\n{said}"
            assert time.monotonic() < deadline, f"Prometheus is not ready:\n{said}"
            time.sleep(0.1)
        yield server
    finally:
        process.terminate()
        process.wait(START_SECONDS)


def promtool(programs: Programs, *arguments: str | Path, folder: Path | None = None) -> str:
    """Run promtool; return what it printed, or fail with it."""
    done = subprocess.run(
        [programs.path("promtool"), *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"promtool {' '.join(map(str, arguments))}:\n{done.stdout[-6000:]}"
    return done.stdout


def blocks(programs: Programs, folder: Path, lines: Iterable[str]) -> None:
    """Write lines of OpenMetrics into a folder's data, where `running` finds them.

    Args:
        programs: has `promtool`.
        folder: the folder that `running` is given.
        lines: `name{label="x"} VALUE SECONDS`, in any order, without types.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = folder / "data.om"
    with text.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.write("# EOF\n")
    create = ("tsdb", "create-blocks-from", "openmetrics", "--quiet", text, folder / "data")
    promtool(programs, *create)
    text.unlink()


def record(
    programs: Programs, folder: Path, groups: Sequence[Mapping[str, object]], start: int, end: int
) -> None:
    """Add to a folder's data what groups of rules record over them, one group after the other.

    Args:
        programs: has both programs.
        folder: the folder that `running` is given, with its data.
        groups: groups of rules as a file of rules has them; one may use what an earlier one made.
        start: seconds since 1970.
        end: seconds since 1970.
    """
    for group in groups:
        rules = folder / "record.yaml"
        rules.write_text(yaml.safe_dump({"groups": [dict(group)]}), encoding="utf-8")
        with running(programs, folder) as server:
            create = ("tsdb", "create-blocks-from", "rules", f"--url={server.url}")
            when = (f"--start={start}", f"--end={end}", "--eval-interval=60s")
            promtool(programs, *create, *when, f"--output-dir={folder / 'data'}", rules)


def _point(pair: Sequence[float | str]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
