"""What is done for one image, as commands: build, scan, list, push, sign.

Owns the commands and their order: nothing is pushed that was not scanned, and what is signed is the
digest, never a tag. Pure: plain values. Does not own running them (`run`).
"""

import re
from dataclasses import dataclass
from pathlib import Path

from infra.images.tools import Engine, Scanner, Tools

PLATFORM = "linux/amd64"
"""Of every GPU machine in the catalogue."""
_FROM = re.compile(r"^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Image:
    """One image of ours, and where it goes."""

    name: str
    """Name of its folder in `images`."""
    repository: str
    """Address of its repository in the platform's registry."""
    tag: str
    """Tag of the release; registries of ours never move one."""

    @property
    def tagged(self) -> str:
        """Address with the tag."""
        return f"{self.repository}:{self.tag}"

    @property
    def dockerfile(self) -> str:
        """Where it is described, from the root of the checkout."""
        return f"images/{self.name}/Dockerfile"


@dataclass(frozen=True, slots=True)
class Step:
    """One command, and what it is for."""

    what: str
    command: tuple[str, ...]


def before_push(image: Image, tools: Tools, out: Path) -> list[Step]:
    """Return what comes before anybody else can have the image.

    Args:
        image: the image.
        tools: what it is made with.
        out: folder for the list of what is in it.
    """
    scan, contents = _scan(image, tools.scanner, out)
    return [
        Step("build", _build(image, tools.engine)),
        Step("scan: nothing high or critical that has a fix", scan),
        Step("list what is in it", contents),
    ]


def push(image: Image, tools: Tools, out: Path) -> Step:
    """Return what pushes it. Podman writes the digest down; Docker is asked for it afterwards."""
    written = ("--digestfile", str(digest_file(image, out)))
    more = written if tools.engine is Engine.PODMAN else ()
    return Step("push", (tools.engine, "push", *more, image.tagged))


def ask_digest(image: Image) -> Step:
    """Return what says as what Docker pushed it: a JSON list of references by digest."""
    return Step(
        "digest", ("docker", "image", "inspect", "--format", "{{json .RepoDigests}}", image.tagged)
    )


def after_push(image: Image, digest: str, out: Path, key: str) -> list[Step]:
    """Return what signs the image and the list of what is in it.

    Args:
        image: the image.
        digest: what was pushed, `sha256:…`.
        out: folder with the list.
        key: `awskms:///…`, `gcpkms://…` or a file; empty for the identity of whoever runs it.
    """
    signed = f"{image.repository}@{digest}"
    by = ("--key", key) if key else ()
    predicate = ("--type", "cyclonedx", "--predicate", str(contents_file(image, out)))
    return [
        Step("sign", ("cosign", "sign", "--yes", *by, signed)),
        Step("sign what is in it", ("cosign", "attest", "--yes", *by, *predicate, signed)),
    ]


def contents_file(image: Image, out: Path) -> Path:
    """Return where the list of what is in an image is written, as CycloneDX."""
    return out / f"{image.name}-{image.tag}.cdx.json"


def digest_file(image: Image, out: Path) -> Path:
    """Return where Podman writes a digest."""
    return out / f"{image.name}-{image.tag}.digest"


def unresolved_bases(dockerfile: str) -> list[str]:
    """Return the images that a Dockerfile builds on by a tag alone, given its text."""
    found = _FROM.findall(dockerfile)
    stages = {stage for _, stage in found if stage}
    return sorted({base for base, _ in found if base not in stages and "@sha256:" not in base})


def _build(image: Image, engine: Engine) -> tuple[str, ...]:
    shared = ("--platform", PLATFORM, "--file", image.dockerfile, "--tag", image.tagged)
    if engine is Engine.PODMAN:
        # OCI's format has no health check; and Podman looks for an ignore file of another name.
        ignored = f"{image.dockerfile}.dockerignore"
        return ("podman", "build", "--format", "docker", "--ignorefile", ignored, *shared, ".")
    # The image that is scanned is the one that is pushed: it must be on this machine, where
    # BuildKit cannot keep attestations (docs.docker.com, "Attestations"). cosign makes ours.
    return ("docker", "buildx", "build", "--load", "--provenance=false", *shared, ".")


def _scan(image: Image, scanner: Scanner, out: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the commands that look for vulnerabilities, and that list what is in the image."""
    name, contents = image.tagged, str(contents_file(image, out))
    if scanner is Scanner.TRIVY:
        strict = ("--severity", "HIGH,CRITICAL", "--ignore-unfixed", "--exit-code", "1")
        return (
            ("trivy", "image", *strict, name),
            ("trivy", "image", "--format", "cyclonedx", "--output", contents, name),
        )
    return (
        ("grype", name, "--fail-on", "high", "--only-fixed"),
        ("syft", "scan", name, "--output", f"cyclonedx-json={contents}"),
    )
