"""What stops the build of the model server on a base that is not what its programs expect."""

import shutil
import subprocess
import sys
from pathlib import Path

from components.serving import start_server
from tests.support.dockerfiles import ROOT

CHECK = ROOT / "images" / "model-server" / "check_base.py"


def test_a_base_without_vllm_its_user_and_its_streamers_is_refused_with_all_of_them(
    tmp_path: Path,
) -> None:
    shutil.copy(Path(start_server.__file__), tmp_path / "start.py")

    done = subprocess.run(
        [sys.executable, CHECK, tmp_path, "0.32.0"],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "vLLM: must be 0.32.0, got none" in done.stderr
    assert "vllm: no such program on PATH" in done.stderr
    assert "user 2000: the base has none" in done.stderr
    assert "runai_model_streamer_s3: not installed" in done.stderr
