"""`tokenworks images` with programs that only write down how they were called."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from infra.images import run
from infra.images.login import Login
from infra.images.run import ImagesError, NotReadyError, Workshop, make_images
from infra.spec.files import load_stack_file
from tests.support.dockerfiles import DOCKERFILES, ROOT

pytestmark = pytest.mark.real

DIGEST = "sha256:" + "5" * 64
REPOSITORY = "registry.example/p/model-server"
PASSWORD = "marker-of-a-password"
PROGRAM = """\
#!/bin/sh
me="${0##*/}"
line="$me $*"
case "$line" in *login*) line="$line <$(cat)>" ;; esac
echo "$line" >> "$RECORDS/calls"
case "$line" in
  *"$FAILS"*) [ -n "$FAILS" ] && { echo "it says no" >&2; exit 3; } ;;
esac
case "$line" in
  pulumi*output*) echo "$REPOSITORIES" ;;
  "docker image inspect"*) echo "$DIGESTS" ;;
  "podman push"*) echo "$DIGEST" > "$3" ;;
esac
exit 0
"""


class Desk:
    """A machine with such programs, and what they were called with."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._patch = folder, monkeypatch
        self.said: list[str] = []
        self.programs = folder / "bin"
        self.programs.mkdir()
        monkeypatch.setenv("PATH", f"{self.programs}:/usr/bin:/bin")
        monkeypatch.setattr(run, "registry_login", lambda _: Login("AWS", PASSWORD))
        self.sets(
            RECORDS=str(folder),
            FAILS="",
            DIGEST=DIGEST,
            DIGESTS=json.dumps([f"elsewhere/x@sha256:{'0' * 64}", f"{REPOSITORY}@{DIGEST}"]),
            REPOSITORIES=json.dumps({"model-server": REPOSITORY}),
        )

    def sets(self, **variables: str) -> None:
        for name, value in variables.items():
            self._patch.setenv(name, value)

    def has(self, *names: str) -> None:
        for name in names:
            (self.programs / name).write_text(PROGRAM, encoding="utf-8")
            (self.programs / name).chmod(0o755)

    def make(self, repositories: str = "") -> None:
        shop = Workshop(ROOT, self.folder / "out", self.said.append, repositories=repositories)
        make_images(load_stack_file("aws-dev"), ["model-server"], shop)

    @property
    def calls(self) -> list[str]:
        text = (self.folder / "calls").read_text(encoding="utf-8")
        return [line for line in text.splitlines() if not line.endswith(("version", "info"))]


@pytest.fixture(name="desk")
def _desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(tmp_path, monkeypatch)


def _starts(calls: Sequence[str]) -> list[str]:
    return [" ".join(call.split()[:2]) for call in calls]


def test_an_image_is_built_scanned_listed_pushed_and_signed_in_that_order(desk: Desk) -> None:
    desk.has("docker", "grype", "syft", "cosign", "pulumi")

    desk.make()

    assert _starts(desk.calls) == [
        "pulumi stack",
        "docker login",
        "docker buildx",
        f"grype {REPOSITORY}:0.1.0",
        "syft scan",
        "docker push",
        "docker image",
        "cosign sign",
        "cosign attest",
        "docker logout",
    ]
    for call in desk.calls[-3:-1]:
        assert call.endswith(f"{REPOSITORY}@{DIGEST}")
    assert f"own.model-server.digest: {DIGEST}" in desk.said[-1]


def test_the_password_goes_in_by_standard_input_alone(desk: Desk) -> None:
    desk.has("docker", "grype", "syft", "cosign", "pulumi")

    desk.make()

    with_it = [call for call in desk.calls if PASSWORD in call]
    assert with_it == [
        f"docker login --username AWS --password-stdin registry.example <{PASSWORD}>"
    ]
    assert not any(PASSWORD in line for line in desk.said)


def test_whoever_gives_the_addresses_needs_no_access_to_the_state(desk: Desk) -> None:
    desk.has("docker", "grype", "syft", "cosign")

    desk.make(json.dumps({"model-server": REPOSITORY}))

    assert f"docker push {REPOSITORY}:0.1.0" in desk.calls


@pytest.mark.parametrize("text", ["[]", "registry.example/p"])
def test_addresses_that_are_none_are_refused(desk: Desk, text: str) -> None:
    desk.has("docker", "grype", "syft", "cosign")

    with pytest.raises(NotReadyError, match="must be an object of names and addresses"):
        desk.make(text)


def test_podman_says_the_digest_in_a_file(desk: Desk) -> None:
    desk.has("podman", "trivy", "cosign", "pulumi")

    desk.make()

    assert f"cosign sign --yes {REPOSITORY}@{DIGEST}" in desk.calls


@pytest.mark.parametrize(
    ("fails", "not_done"),
    [("buildx build", "grype"), ("grype registry", "push"), ("push", "cosign sign")],
)
def test_nothing_is_done_after_a_step_that_failed_but_logging_out(
    desk: Desk, fails: str, not_done: str
) -> None:
    desk.has("docker", "grype", "syft", "cosign", "pulumi")
    desk.sets(FAILS=fails)

    with pytest.raises(ImagesError, match="ended with 3; nothing after it was done"):
        desk.make()

    assert not any(not_done in call for call in desk.calls if fails not in call)
    assert desk.calls[-1] == "docker logout registry.example"


def test_what_was_pushed_without_a_digest_is_not_signed(desk: Desk) -> None:
    desk.has("docker", "grype", "syft", "cosign", "pulumi")
    desk.sets(DIGESTS=json.dumps([f"elsewhere/x@{DIGEST}"]))

    with pytest.raises(ImagesError, match="says no digest, so nothing is signed"):
        desk.make()

    assert not any(call.startswith("cosign sign") for call in desk.calls)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"FAILS": "pulumi stack"}, "aws-dev: gives no imageRepositories.* it says no"),
        ({"REPOSITORIES": "{}"}, "aws-dev: has no repository for model-server"),
        ({"FAILS": "docker login"}, "docker cannot log in to registry.example: it says no"),
    ],
)
def test_without_a_registry_nothing_is_built(
    desk: Desk, settings: dict[str, str], message: str
) -> None:
    desk.has("docker", "grype", "syft", "cosign", "pulumi")
    desk.sets(**settings)

    with pytest.raises(NotReadyError, match=message):
        desk.make()

    assert not any("build " in call for call in desk.calls)


def test_a_machine_without_any_of_it_is_told_all_that_is_missing_and_what_would_be_done(
    tmp_path: Path,
) -> None:
    command = [Path(sys.executable).with_name("tokenworks"), "images", "aws-dev"]
    nothing = {"PATH": str(tmp_path)}

    done = subprocess.run(
        command, cwd=ROOT, env=nothing, capture_output=True, text=True, check=False
    )
    plan = subprocess.run(
        [*command, "--plan"], cwd=ROOT, env=nothing, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    for what in ("container engine: ", "scanner: ", "signer: ", "Pulumi: "):
        assert what in done.stderr
    assert "nothing was built" in done.stderr
    assert plan.returncode == 0
    for name in DOCKERFILES:
        assert f"--file images/{name}/Dockerfile" in plan.stdout
