"""Says whether a model server generates tokens: exit 0 when it does, 1 when it does not.

Runs beside vLLM in its container, as an exec probe or as Docker's health check. vLLM's own /health
asks the engine's process whether it lives, not whether it works: one that hangs answers 200.
Owns that proof and what it may cost. Does not own who asks how often.
It needs Python's standard library.

A token is proof, whoever asked for it. When requests of users have generated some since the last
check, nothing is sent. Else one token is asked for; when it does not come in time, or the queue is
full, tokens of others in the meantime count too. A busy server is thus never asked for more, and
one that stands still fails at the latest with the second check.
"""

import argparse
import http.client
import json
import logging
import os
import sys
import time
from http import HTTPStatus
from pathlib import Path

SECONDS = 10
"""For the whole check. An exec probe must be given more: Python starts first."""
LOOK_SECONDS = 0.2
"""Between two looks at the counter while others are waited for."""
FRESH_SECONDS = 120
"""How old the last check may be for tokens since then to count: old ones prove nothing of now."""
TOKENS = "vllm:generation_tokens_total"
"""Counter of the engine, one line for each engine and model (vLLM 0.32, /metrics)."""
REQUEST = json.dumps({"prompt": "1", "max_tokens": 1, "temperature": 0}).encode()
"""Without a model's name the one that is served answers (vLLM 0.32,
entrypoints/serve/engine/serving.py, `_is_model_supported`)."""
STATE = Path(os.environ.get("TMPDIR", "/tmp"), "tokenworks-health.json")  # noqa: S108  the pod's own
_LOG = logging.getLogger("health")


class SilentError(Exception):
    """The server has not shown what was asked of it; the message says how."""


class Server:
    """The server on this machine, asked until a moment that is the same for all questions."""

    def __init__(self, port: int, seconds: float) -> None:
        """Ask `127.0.0.1:port` for so many seconds from now on."""
        self._port = port
        self._deadline = time.monotonic() + seconds

    def generated(self) -> int | None:
        """Return how many tokens the server has generated since it started; None: it counts none.

        Raises:
            SilentError: It does not answer.
        """
        page = self._ask("GET", "/metrics")
        values = [line.rsplit(" ", 1)[1] for line in page.splitlines() if line.startswith(TOKENS)]
        return int(sum(float(value) for value in values)) if values else None

    def generated_beyond(self, before: int) -> int:
        """Return how many more it has generated, once there are some or the time has run out.

        A full server refuses at once, when the counter may not have moved yet.

        Raises:
            SilentError: It does not answer.
        """
        while (more := (self.generated() or 0) - before) <= 0:
            if time.monotonic() > self._deadline:
                return 0
            time.sleep(LOOK_SECONDS)
        return more

    def generate(self) -> None:
        """Have one token generated.

        Raises:
            SilentError: None came.
        """
        answer = json.loads(self._ask("POST", "/v1/completions", REQUEST))
        if answer["usage"]["completion_tokens"] < 1:
            message = "a completion came without a token"
            raise SilentError(message)

    def _ask(self, method: str, path: str, body: bytes | None = None) -> str:
        # What is left of the time, and a moment to look again after it has run out.
        left = max(1.0, self._deadline - time.monotonic())
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=left)
        headers = {"Content-Type": "application/json"}
        if key := os.environ.get("VLLM_API_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            text = response.read().decode()
        except (OSError, http.client.HTTPException) as error:
            message = f"{path}: {str(error) or type(error).__name__}"
            raise SilentError(message) from error
        finally:
            connection.close()
        if response.status != HTTPStatus.OK:
            message = f"{path} answers {response.status}"
            raise SilentError(message)
        return text


def last_known() -> int | None:
    """Return the tokens that the last check knew of; None when that was too long ago, or never."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
        is_fresh = 0 <= time.time() - state["at"] <= FRESH_SECONDS
        return int(state["tokens"]) if is_fresh else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(tokens: int) -> None:
    """Leave the figure for the next check; without it that one asks for a token of its own."""
    new = STATE.with_suffix(f".{os.getpid()}")
    try:
        new.write_text(json.dumps({"tokens": tokens, "at": time.time()}), encoding="utf-8")
        new.replace(STATE)
    except OSError as error:
        _LOG.warning("not remembered: %s", error)


def prove(server: Server) -> str:
    """Return what proves that tokens are generated.

    Raises:
        SilentError: Nothing does.
    """
    before = server.generated()
    if before is None:  # a server told to count nothing, `--disable-log-stats`
        server.generate()
        return "a token of its own"
    known = last_known()
    if known is not None and before > known:
        remember(before)
        return f"{before - known} tokens since the last check"
    # Its own token must not count for the next check, whenever the counter has it.
    remember(before + 1)
    try:
        server.generate()
    except SilentError as error:
        others = server.generated_beyond(before)
        remember(before + others)  # its own never came: what the counter says next is of others
        if others == 0:
            raise
        return f"{others} tokens of others while it waited ({error})"
    return "a token of its own"


def main() -> None:
    """Check once."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s health: %(message)s")
    parser = argparse.ArgumentParser(description="Exit 0 when the model server generates tokens.")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="time for the whole check")
    options = parser.parse_args()
    try:
        _LOG.info("healthy: %s", prove(Server(options.port, options.seconds)))
    except SilentError as error:
        _LOG.error("no token: %s", error)
        sys.exit(1)


if __name__ == "__main__":
    main()
