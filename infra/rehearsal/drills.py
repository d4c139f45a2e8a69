"""Drills of a rehearsal: what would be heard if something went wrong with what is up.

Owns what of the cluster a drill is told, and what the summary says of it. Does not own what happens
in it (`hanging_model`).
"""

from collections.abc import Iterator, Sequence

from components import labels
from components.observability.monitors import API_VERSION
from components.observability.targets import required_targets
from infra.rehearsal.hanging_model import DrillError, Heard, Watched, drill
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.kubernetes.values import mapping, number, text
from infra.rehearsal.ladder import PROMETHEUS
from infra.rehearsal.ladder.at_hand import at_hand
from infra.rehearsal.nodes.report import Placement
from infra.rehearsal.observed import probes
from infra.spec.environment import Layer
from infra.spec.models import ModelSpec
from infra.spec.stack import StackSpec

NOT_RUN = "not run: promtool is not here yet, `make programs` brings it"


def hang(
    api: ApiClient, stacks: Sequence[StackSpec], placements: Sequence[Placement]
) -> str | None:
    """Return what is heard when the first model hangs; None where there are no rules, or no model.

    Raises:
        ApiError: The API server cannot be reached or refuses.
    """
    groups = [
        group
        for body in api.list_served(API_VERSION, "PrometheusRule")
        for group in body["spec"]["groups"]
    ]
    platform = next((spec for spec in stacks if Layer.PLATFORM in spec.layers), None)
    model = next((model for spec in stacks for model in spec.models), None)
    if not groups or platform is None or model is None:
        return None
    found = {program.name: program.path for program in at_hand(PROMETHEUS) or ()}
    if not found:
        return NOT_RUN
    seen = _watched(api, platform, model, placements)
    try:
        return said(model.name, drill(groups, seen, found["promtool"]))
    except DrillError as error:
        return f"unknown: {error}"


def said(model: str, heard: Sequence[Heard]) -> str:
    """Return what is heard in a line."""
    what = ", ".join(f"{one.alert} ({one.severity}) after {one.minutes} min" for one in heard)
    return f"{model} hangs while its servers are ready: {what or 'nobody hears of it'}"


def _watched(
    api: ApiClient, platform: StackSpec, model: ModelSpec, placements: Sequence[Placement]
) -> Watched:
    return Watched(
        model=model.object_name,
        served=model.name,
        servers=[
            one.pod.rpartition("/")[2]
            for one in placements
            if one.model == model.object_name and one.running
        ],
        deployments=dict(_deployments(api)),
        jobs=[target.job for target in required_targets(platform)],
        probed=bool(probes(api)),
    )


def _deployments(api: ApiClient) -> Iterator[tuple[tuple[str, str], tuple[str, int]]]:
    for body in api.list_served("apps/v1", "Deployment"):
        at = text(body, "metadata", "namespace"), text(body, "metadata", "name")
        model = text(mapping(body, "metadata", "labels"), labels.MODEL)
        yield at, (model, number(body, "spec", "replicas"))
