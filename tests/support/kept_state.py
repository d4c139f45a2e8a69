"""The engine's state of a release's rehearsal: how it is kept, and how it is previewed again.

What only that run knew is left out or stands as a word: traces, times, the API server's address and
authority. A state of ours has no secret (decision 0013); whatever an SDK calls one is a marker, but
labels, which Google's says of its own.
As a module, rehearses production on both clouds and keeps it: `make release-record`.
"""

import base64
import gzip
import json
import re
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.graph.values import SECRET_TEXT
from infra.rehearsal import ladder
from infra.rehearsal.control_plane.files import write_secret
from infra.rehearsal.ladder import Programs, SilentProgress
from infra.rehearsal.site import Site
from infra.replies import blocks
from infra.wire import SECRET, SIGNATURE_KEY, Properties, Value
from tests.support.projects import make_project, stack_config
from tests.support.releases import last_release
from tests.support.stage import Stage, open_stage

STACKS = ("aws-prod", "gcp-prod")
ENDPOINT, AUTHORITY = "api-server.invalid:443", "QVVUSE9SSVRZ"
"""Words for the API server's address, and for its certificate in base64."""
_OF_ONE_RUN = ("stackTrace", "sourcePosition", "created", "modified")
_ADDRESS = re.compile(r"127\.0\.0\.1:\d+")
_CERTIFICATE = re.compile(r"LS0tLS1CRUdJTi[A-Za-z0-9+/=]{200,}")


def state_file(stack: str, release: Path) -> Path:
    """Return where the state of a stack is kept."""
    return release / f"{stack}.state.json.gz"


def keep(exported: Mapping[str, Value], file: Path) -> None:
    """Write a state as `pulumi stack export --show-secrets` gives it."""
    deployment = exported["deployment"]
    assert isinstance(deployment, dict)
    resources = [
        {key: _plain(value) for key, value in one.items() if key not in _OF_ONE_RUN}
        for one in blocks(deployment, "resources")
    ]
    text = json.dumps(resources, sort_keys=True, separators=(",", ":"))
    text = _CERTIFICATE.sub(AUTHORITY, _ADDRESS.sub(ENDPOINT, text))
    file.write_bytes(gzip.compress(text.encode(), mtime=0))


def kept_resources(stack: str, release: Path) -> list[Properties]:
    """Return the resources of a state as they are kept."""
    return json.loads(gzip.decompress(state_file(stack, release).read_bytes()))


def protected(stack: str, release: Path) -> set[str]:
    """Return the URNs that a state protects."""
    return {str(one["urn"]) for one in kept_resources(stack, release) if one.get("protect")}


def restore(stack: str, release: Path, stage: Stage) -> None:
    """Let the engine believe that the release built what is kept, in this place.

    The account and the cluster are empty: a preview without a refresh does not ask them for what
    the state knows. Tokens are the administrator's, as no cluster is there that would know others.
    """
    site = stage.site
    text = json.dumps(kept_resources(stack, release))
    authority = base64.b64encode(site.plane.ca_pem.encode()).decode()
    address = site.plane.endpoint.removeprefix("https://")
    text = text.replace(ENDPOINT, address).replace(AUTHORITY, authority)
    exported = dict(stage.session.export(stack))
    deployment = exported["deployment"]
    assert isinstance(deployment, dict)
    stage.session.replace_state(
        stack, {**exported, "deployment": {**deployment, "resources": json.loads(text)}}
    )
    _admit(site)


def _admit(site: Site) -> None:
    """Put a credential command before the real one on the engine's PATH."""
    credential = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "status": {"token": site.plane.admin_token},
    }
    answer = site.folders.engine / "credential.json"
    write_secret(answer, json.dumps(credential))
    command = site.folders.engine / "bin" / "tokenworks"
    command.write_text(f"#!/bin/sh\nexec cat {shlex.quote(str(answer))}\n", encoding="utf-8")
    command.chmod(0o755)


def _plain(value: Value, name: str = "") -> Value:
    if isinstance(value, dict) and value.get(SIGNATURE_KEY) == SECRET:
        return json.loads(str(value["plaintext"])) if name.endswith("Labels") else SECRET_TEXT
    if isinstance(value, dict):
        return {key: _plain(item, key) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def rehearse(stack: str, programs: Programs, release: Path) -> None:
    """Bring a stack up, and keep its state."""
    with TemporaryDirectory() as folder:
        project = make_project(Path(folder) / "it", {stack: stack_config(stack)})
        with open_stage(project, stack, programs) as stage:
            result = stage.session.up(stack)
            if not result.ok:
                sys.exit("\n".join(result.errors))
            keep(stage.session.export(stack, "--show-secrets"), state_file(stack, release))


def main() -> None:
    """Rehearse and keep each stack."""
    programs = ladder.install(SilentProgress())
    for stack in STACKS:
        rehearse(stack, programs, last_release())
        sys.stdout.write(f"kept: the state of {stack}\n")


if __name__ == "__main__":
    main()
