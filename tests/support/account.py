"""A simulated AWS account without a cluster, and the engine on a small program of the test."""

import json
import subprocess
import sys
import textwrap
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra.rehearsal.control_plane.start import free_ports
from infra.rehearsal.engine import EngineSession
from infra.rehearsal.loopback_api import LoopbackAwsApi

REGION = "us-east-1"


@dataclass(frozen=True)
class Place:
    """The account, and the engine on the test's program."""

    root: Path
    session: EngineSession
    api: LoopbackAwsApi

    def configure(self, stack: str, config: Mapping[str, object]) -> None:
        """Write a stack file, and make the stack if it is new."""
        path = self.root / "stacks" / f"Pulumi.{stack}.yaml"
        path.write_text(yaml.safe_dump({"config": dict(config)}), encoding="utf-8")
        self.session.init_stack(stack)


@contextmanager
def open_account(
    root: Path, name: str, program: str, pulumi: Path, policy_packs: Sequence[Path] = ()
) -> Generator[Place]:
    """Open an account for a project of that name and program; it ends with the block."""
    for folder in ("infra", "stacks"):
        (root / folder).mkdir()
    (root / "infra" / "__main__.py").write_text(program, encoding="utf-8")
    project = f"""
        name: {name}
        runtime: {{name: python, options: {{toolchain: uv, virtualenv: .venv}}}}
        main: infra
        stackConfigDir: stacks
    """
    (root / "Pulumi.yaml").write_text(textwrap.dedent(project), encoding="utf-8")
    port, api_port = free_ports(2)
    state = root / "state.json"
    command = [
        *(sys.executable, "-m", "infra.rehearsal.aws", "--state-file", str(state)),
        *("--port", str(port), "--authenticator-port", str(api_port)),
    ]
    with (
        (root / "log").open("wb") as log,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True) as cloud,
    ):
        assert cloud.stdout is not None
        assert cloud.stdout.readline(), (root / "log").read_text(encoding="utf-8")
        key = json.loads(state.read_text(encoding="utf-8"))
        session = EngineSession(
            pulumi,
            root,
            root / ".rehearsal" / "engine",
            debug_providers={"aws": port},
            credentials={
                "AWS_ACCESS_KEY_ID": key["accessKeyId"],
                "AWS_SECRET_ACCESS_KEY": key["secretAccessKey"],
                "AWS_REGION": REGION,
            },
            policy_packs=policy_packs,
        )
        api = LoopbackAwsApi(f"http://127.0.0.1:{api_port}", key["secretAccessKey"], REGION)
        yield Place(root, session, api)
        cloud.kill()
