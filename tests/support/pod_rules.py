"""What must hold for a pod, as rules that each yield a sentence for what is wrong.

Owns the rules and the facts that they rest on. Does not own which pods they are asked about, nor
which exceptions a stack has: the tests do.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping

from components import labels
from infra.catalog.releases import read_lock
from infra.rehearsal.charts.objects import part
from infra.wire import Properties, Value
from tests.support.manifests import Pod, maps, texts

Rule = Callable[[Pod], Iterator[str]]

DOCKER_HUB = "docker.io"
RETIRED_HOMES: Mapping[str, str] = {
    "docker.io/bitnami/": "versioned images are gone since August 2025; official images instead",
    "docker.io/bitnamilegacy/": "frozen since August 2025, no fixes; official images instead",
    "docker.io/minio/": "deleted in September 2026, project archived; object storage instead",
    "docker.io/grafana/promtail": "end of life on 2026-03-02; Alloy instead",
    "docker.io/grafana/agent": "end of life on 2025-11-01; Alloy instead",
    "k8s.gcr.io/": "frozen since 2023-04-03 (Kubernetes blog); registry.k8s.io instead",
    "registry.k8s.io/ingress-nginx/": "retired in March 2026, no fixes; Gateway API instead",
}
"""Beginning of an image's name to why it has no future (projects' announcements, 2023 to 2026)."""
MOVING_TAGS = ("latest", "nightly", "main", "master", "stable", "edge", "dev")

ARGUMENTS_VARIABLE = "WEIGHTS_ARGUMENTS"
"""Holds arguments of vLLM as JSON (`components.serving.weights`)."""

SECRET_WORDS = {"TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS", "KEY"}
PLACE_WORDS = {"FILE", "PATH", "DIR", "NAME", "URI"}
"""`AWS_WEB_IDENTITY_TOKEN_FILE` says where a secret lies, which is none."""
SECRET_FLAGS = ("--api-key", "--hf-token")
SECRET_FORMS = re.compile(
    r"\bhf_[A-Za-z0-9]{30,}|\bAKIA[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY"
)
"""Tokens of Hugging Face, access keys of AWS (both by their prefixes), private keys."""


def image_is_pinned(pod: Pod) -> Iterator[str]:
    """Every image has a tag or a digest, and the tag does not move."""
    for name, image in _images(pod):
        path, at, _ = image.partition("@")
        tag = path.rpartition("/")[2].partition(":")[2]
        if not tag and not at:
            yield f"{name}: image without a tag, got {image}"
        elif tag.split("-", maxsplit=1)[0] in MOVING_TAGS and not at:
            yield f"{name}: image with a tag that moves, got {image}"


def image_is_in_the_lock_file(pod: Pod) -> Iterator[str]:
    """Every image is one of the lock file's, in its version; ours, from any registry."""
    lock = read_lock()
    locked = {row.reference for row in lock.images.values()}
    # A registry of AWS has its address only once it is there.
    ours = tuple(
        row.reference(place)
        for name, row in lock.own.items()
        for place in (f"/{name}", f"-registry-{name}.repositoryUrl}}")
    )
    for name, image in _images(pod):
        if image not in locked and not image.endswith(ours):
            yield f"{name}: image is not in releases.lock.yaml, got {image}"


def image_home_lives(pod: Pod) -> Iterator[str]:
    """No image comes from a home that has been given up."""
    for name, image in _images(pod):
        full = _with_registry(image)
        for home, reason in RETIRED_HOMES.items():
            if full.startswith(home):
                yield f"{name}: image of a retired home, got {image}: {reason}"


def container_says_what_it_needs(pod: Pod) -> Iterator[str]:
    """Every container requests CPU and memory: the scheduler counts nothing else."""
    for container in pod.containers:
        requests = part(container, "resources", "requests")
        for resource in ("cpu", "memory"):
            if resource not in requests:
                yield f"{container['name']}: no request for {resource}"


def host_is_out_of_reach(pod: Pod) -> Iterator[str]:
    """Nothing of the node: files, networks, processes, ports, privileges."""
    for volume in maps(pod.spec.get("volumes")):
        if "hostPath" in volume:
            yield f"host path {part(volume, 'hostPath').get('path')}"
    for setting in ("hostNetwork", "hostPID", "hostIPC"):
        if pod.spec.get(setting):
            yield setting
    for container in pod.containers:
        security = part(container, "securityContext")
        if security.get("privileged"):
            yield f"{container['name']}: privileged"
        for capability in texts(part(security, "capabilities").get("add")):
            yield f"{container['name']}: capability {capability}"
        for port in maps(container.get("ports")):
            if port.get("hostPort"):
                yield f"{container['name']}: host port {port['hostPort']}"


def no_secret_is_plain(pod: Pod) -> Iterator[str]:
    """No secret in a variable or an argument: both are read with the right to see the pod."""
    for container in pod.containers:
        for variable in maps(container.get("env")):
            words = set(str(variable["name"]).upper().split("_"))
            if variable.get("value") and words & SECRET_WORDS and not words & PLACE_WORDS:
                yield f"{container['name']}: variable {variable['name']} is a plain text"
            if SECRET_FORMS.search(str(variable.get("value"))):
                yield f"{container['name']}: variable {variable['name']} holds a secret"
        for argument in _command_line(container):
            if argument.startswith(SECRET_FLAGS):
                yield f"{container['name']}: {argument.partition('=')[0]} in the command line"
            if SECRET_FORMS.search(argument):
                yield f"{container['name']}: a secret in the command line"


def service_links_are_off(pod: Pod) -> Iterator[str]:
    """A Service named `vllm` would set VLLM_PORT, which vLLM refuses to start with."""
    if pod.spec.get("enableServiceLinks") is not False:
        yield f"enableServiceLinks, got {pod.spec.get('enableServiceLinks')!r}; False"


def grace_covers_the_stop(pod: Pod) -> Iterator[str]:
    """The kubelet kills after the grace period, whatever is still being answered."""
    grace = pod.spec.get("terminationGracePeriodSeconds")
    for container in maps(pod.spec.get("containers")):
        wait = part(container, "lifecycle", "preStop", "sleep").get("seconds")
        drain = dict(flags(container)).get("--shutdown-timeout", "")
        if not isinstance(grace, int) or not isinstance(wait, int) or not drain.isdecimal():
            yield f"grace, preStop.sleep and --shutdown-timeout, got {grace}, {wait}, {drain!r}"
        elif grace <= wait + int(drain):
            yield f"grace must be more than {wait} s of preStop and {drain} s of drain, got {grace}"


def is_model_server(pod: Pod) -> bool:
    """Say whether a pod serves a model."""
    return labels.MODEL in pod.labels


def flags(container: Properties) -> list[tuple[str, str]]:
    """Return the flags of a command line with their values, `("--port", "8000")`."""
    return [
        (name, value)
        for name, _, value in (
            argument.partition("=") for argument in _command_line(container) if argument[:2] == "--"
        )
    ]


def _command_line(container: Properties) -> list[str]:
    """Return all arguments, with those that the start program adds from a variable."""
    added = [
        argument
        for variable in maps(container.get("env"))
        if variable["name"] == ARGUMENTS_VARIABLE
        for argument in json.loads(str(variable["value"]))
    ]
    return [*texts(container.get("command")), *texts(container.get("args")), *added]


def _images(pod: Pod) -> Iterator[tuple[Value, str]]:
    for container in pod.containers:
        yield container["name"], str(container.get("image") or "")


def _with_registry(image: str) -> str:
    """Return the whole name; without a registry it is Docker Hub's (OCI distribution reference)."""
    first, slash, _ = image.partition("/")
    if not slash:
        return f"{DOCKER_HUB}/library/{image}"
    has_registry = "." in first or ":" in first or first == "localhost"
    return image if has_registry else f"{DOCKER_HUB}/{image}"
