"""What the session does when the engine hangs, or when what it needs ends under it."""

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from infra.rehearsal.engine import EngineSession, session

ENGINE = """#!/bin/sh
case "$*" in
  *whoami*) echo "{\\"url\\": \\"$PULUMI_BACKEND_URL\\"}";;
  *) echo $$ > "$HOME/pid"; echo working; exec sleep 7701;;
esac
"""
HANGING = "#!/bin/sh\necho asking the backend\nexec sleep 7702\n"


def engine(tmp_path: Path, text: str) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
    path = tmp_path / "pulumi"
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_a_command_that_hangs_is_ended_and_told_with_its_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "QUICK_SECONDS", 1.5)
    started = time.monotonic()
    with pytest.raises(session.EngineError, match=r"whoami: still running after 1\.5 s") as caught:
        EngineSession(
            engine(tmp_path, HANGING), tmp_path, tmp_path / "e", debug_providers={}, credentials={}
        )
    assert "asking the backend" in str(caught.value)
    assert time.monotonic() - started < 10


def test_what_the_check_raises_ends_the_operation_and_the_engine(tmp_path: Path) -> None:
    note = tmp_path / "e" / "home" / "pid"

    def check() -> None:
        if note.exists() and note.read_text():
            message = "the API server ended"
            raise subprocess.SubprocessError(message)

    tested = EngineSession(
        engine(tmp_path, ENGINE),
        tmp_path,
        tmp_path / "e",
        debug_providers={},
        credentials={},
        check=check,
    )
    with pytest.raises(subprocess.SubprocessError, match="the API server ended"):
        tested.up("dev")
    assert not psutil.pid_exists(int(note.read_text()))
