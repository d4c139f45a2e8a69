"""A process that records stacks of several trees: `python -P recorder.py CLOUD < jobs`.

Loads the cloud's SDK once and forks for each tree, so that a tree's own code runs on it: this file
imports nothing of this project before the fork. Writes each graph as JSON, field by field as the
tree's own classes have them; `infra.review.dump` reads them, whatever their version.
"""

import dataclasses
import gc
import importlib
import json
import logging
import os
import sys
import traceback
from pathlib import Path

MODULES = {
    "kubernetes": (
        *("apps.v1", "core.v1", "helm.v3", "networking.v1", "policy.v1", "rbac.v1"),
        *("scheduling.v1", "storage.v1"),
    ),
    "aws": (
        "autoscaling",
        "cloudwatch",
        "ec2",
        "ecr",
        "eks",
        "iam",
        "kms",
        "route53",
        "s3",
        "secretsmanager",
        "vpc",
    ),
    "gcp": (
        *("artifactregistry", "compute", "container", "dns", "kms", "logging"),
        *("organizations", "projects", "secretmanager", "serviceaccount", "storage"),
    ),
}
"""Modules of each SDK that stacks use; others load when a program asks for them."""


def main() -> int:
    """Record what standard input asks for; each tree in a fork, at the same time."""
    order = json.load(sys.stdin)
    for package in ("kubernetes", *order["clouds"]):
        for module in MODULES[package]:
            _load(f"pulumi_{package}", module)
    gc.freeze()  # forks need not look at what is here, nor copy its pages
    children = []
    for tree in order["trees"]:
        child = os.fork()
        if child == 0:
            os._exit(_record_tree(tree))
        children.append(child)
    return max((os.waitpid(child, 0)[1] for child in children), default=0)


def _load(package: str, module: str) -> None:
    """Load a module of an SDK, which loads its modules when something in them is asked for."""
    found = importlib.import_module(package)
    for part in module.split("."):
        found = getattr(found, part)
    getattr(found, "__all__", None)


def _record_tree(tree: dict) -> int:
    folder = tree["folder"]
    sys.path[:0] = [folder]
    logging.disable(logging.CRITICAL)
    os.chdir(folder)
    for stack, out in tree["stacks"].items():
        try:
            answer = {"graph": _recorded(stack, folder)}
        except BaseException as error:  # noqa: BLE001 - whatever a program raises is an answer
            answer = {"error": _error(error)}
        Path(out).write_text(json.dumps(answer), encoding="utf-8")
    return 0


def _recorded(stack: str, folder: str) -> object:
    record = importlib.import_module("infra.graph.record")
    return _plain(record.record_stack(stack, folder=Path(folder)))


def _error(error: BaseException) -> dict[str, object]:
    mistakes = getattr(error, "mistakes", None)
    return {
        "text": str(error) or repr(error),
        "is_mistake": mistakes is not None or type(error).__name__ == "RunError",
        "where": "".join(traceback.format_exception(error)[-1:]).strip(),
    }


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


if __name__ == "__main__":
    sys.exit(main())
