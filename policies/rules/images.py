"""Images: a version, a home that still stands, and a digest where production asks for one.

Of charts, only images that stand in their values are seen.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from policies.pod_specs import WORKLOADS, containers
from policies.rule import (
    Family,
    Finding,
    Level,
    ResourceRule,
    StackRule,
    Subject,
    Unjudged,
    Violation,
)
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN, Plain, at

RELEASE = "kubernetes:helm.sh/v3:Release"
_TYPES = (*WORKLOADS, RELEASE)
_DOCKER_HUB = re.compile(r"^(index\.docker\.io|registry-1\.docker\.io)/")
_RETIRED: Mapping[str, str] = {
    "k8s.gcr.io": "it gets no images since 2023-04 (Kubernetes blog); use registry.k8s.io",
    "gcr.io/google-containers": "it moved to registry.k8s.io (Kubernetes blog, 2022-11)",
    "gcr.io/google_containers": "it moved to registry.k8s.io (Kubernetes blog, 2022-11)",
    "docker.io/bitnami": "versions left it on 2025-08-28 (bitnami/charts#35164); use the project's "
    "own image",
    "docker.io/bitnamilegacy": "it gets no updates since 2025-08-28 (bitnami/charts#35164); use "
    "the project's own image",
    "docker.io/minio": "it was deleted in 2026-09; use the cloud's object store",
    "registry.k8s.io/ingress-nginx": "the project ended in 2026-03 (Kubernetes blog, 2026-01-29); "
    "use Gateway API",
}
"""Home to why it is none any more. Facts read 2026-11-20."""


@dataclass(frozen=True)
class Image:
    """An image that a pod or a chart's values name."""

    where: str
    repository: str
    """With its registry: `docker.io/vllm/vllm-openai`."""
    tag: str
    """Empty: none."""
    digest: str
    """Empty: none."""
    by_chart: bool = False
    """Whether the chart adds a tag where there is none."""

    def __str__(self) -> str:
        """Return it as pods name it."""
        tagged = f"{self.repository}:{self.tag}" if self.tag else self.repository
        return f"{tagged}@{self.digest}" if self.digest else tagged


def images(subject: Subject) -> Iterator[Image | Unjudged]:
    """Yield every image that a workload or a chart's values name, or that it is not known."""
    if subject.type == RELEASE:
        yield from _in_values(subject.at("values"), "values")
    elif subject.type in WORKLOADS:
        for one in containers(subject):
            image = one.at("image")
            if image is not MISSING:
                yield _read(image, f"{one.path}.image")


def _in_values(value: Plain, where: str) -> Iterator[Image | Unjudged]:
    if value is UNKNOWN:
        yield Unjudged(where)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if item is not UNKNOWN:
                yield from _in_values(item, f"{where}[{index}]")
    elif isinstance(value, dict):
        if "repository" in value and ("tag" in value or where.lower().endswith("image")):
            yield _of_parts(value, where)
            return
        for key, item in value.items():
            is_image = key.lower().endswith("image") and isinstance(item, str)
            if is_image:
                yield _read(item, f"{where}.{key}")
            elif isinstance(item, dict | list):
                yield from _in_values(item, f"{where}.{key}")


def _of_parts(value: Plain, where: str) -> Image | Unjudged:
    parts = {key: at(value, key) for key in ("registry", "repository", "tag", "digest", "sha")}
    if UNKNOWN in parts.values():
        return Unjudged(where)
    text = {key: "" if part is MISSING else str(part) for key, part in parts.items()}
    repository = f"{text['registry']}/{text['repository']}".removeprefix("/")
    tag, _, digest = text["tag"].partition("@")
    read = _read(f"{repository}:{tag}" if tag else repository, where, by_chart=not tag)
    if isinstance(read, Unjudged):
        return read
    digest = digest or text["digest"] or text["sha"] or read.digest
    return Image(where, read.repository, read.tag, digest, by_chart=not tag)


def _read(image: Plain, where: str, *, by_chart: bool = False) -> Image | Unjudged:
    if image is UNKNOWN:
        return Unjudged(where)
    name, _, digest = str(image).partition("@")
    path, colon, tag = name.rpartition(":")
    if not colon or "/" in tag:
        path, tag = name, ""
    first, slash, _ = path.partition("/")
    if not slash:
        path = f"docker.io/library/{path}"
    elif not set(first) & {".", ":"} and first != "localhost":
        path = f"docker.io/{path}"
    return Image(where, _DOCKER_HUB.sub("docker.io/", path), tag, digest, by_chart)


def _version(subject: Subject, _: Scene) -> Iterator[Finding]:
    for image in images(subject):
        if isinstance(image, Unjudged):
            yield image
        elif image.tag == "latest" and not image.digest:
            yield Violation(f"{image}: `latest` is another image tomorrow. {_NAME_ONE}")
        elif not (image.tag or image.digest or image.by_chart):
            yield Violation(f"{image} names no version, which means `latest`. {_NAME_ONE}")


_NAME_ONE = "Name a version, or its digest."


def _home(subject: Subject, _: Scene) -> Iterator[Finding]:
    for image in images(subject):
        if isinstance(image, Unjudged):
            yield image
            continue
        for home, reason in _RETIRED.items():
            if image.repository.startswith(f"{home}/") or image.repository == home:
                yield Violation(f"{image} comes from {home}: {reason}.")


def _digest(subject: Subject, scene: Scene) -> Iterator[Finding]:
    if not scene.thresholds.images_by_digest or scene.allows_unresolved:
        return
    for image in images(subject):
        if isinstance(image, Unjudged):
            yield image
        elif not image.digest:
            yield Violation(
                f"{image} has no digest: whoever owns the registry can put another program under "
                "its tag. Write the digest into infra/catalog/releases.lock.yaml."
            )


def _digests_later(subjects: Sequence[Subject], scene: Scene) -> Iterator[Finding]:
    if not scene.thresholds.images_by_digest or not scene.allows_unresolved:
        return
    plain: dict[str, int] = {}
    for subject in subjects:
        for image in images(subject):
            if isinstance(image, Unjudged):
                yield Unjudged(image.what, subject.urn)
            elif not image.digest:
                plain[str(image)] = plain.get(str(image), 0) + 1
    if plain:
        listed = ", ".join(f"{image} ({count})" for image, count in sorted(plain.items()))
        yield Violation(f"no digest yet: {listed}. A real update of this stack is refused so.")


RULES = (
    ResourceRule(
        name="images-name-a-version",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A pod that is moved pulls again, and gets another program under the same name "
        '(Kubernetes documentation, "Images", 2026). Where values name no tag, the chart has one.',
        types=_TYPES,
        check=_version,
    ),
    ResourceRule(
        name="images-come-from-living-homes",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A home without an owner gets no fixes, and may be gone when a node has to pull.",
        types=_TYPES,
        check=_home,
    ),
    ResourceRule(
        name="images-have-a-digest",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="A tag can be moved, a digest cannot. Where the environment asks for digests, except "
        "where what is unresolved may go on: a rehearsal has no registry to ask.",
        types=_TYPES,
        check=_digest,
    ),
    StackRule(
        name="images-will-need-a-digest",
        family=Family.SECURITY,
        level=Level.ADVISORY,
        why="The same, said once, where what is unresolved may go on.",
        types=_TYPES,
        check=_digests_later,
    ),
)
