"""Production on each cloud as a project of its own: two stacks, to be changed by a test at will."""

from dataclasses import dataclass
from pathlib import Path

from tests.support.projects import make_project, stack_config, write_stack


@dataclass(frozen=True)
class Production:
    """The two stacks of one cloud, and what a rehearsal of them says and shows."""

    cloud: str
    fresh: str
    """What a customer has there when it is new."""
    asked_for: tuple[str, ...]
    """Quotas that a fresh one must have raised, by the cloud's own codes."""
    rest_on_spot: tuple[str, ...]
    """Pools that have on demand what the floor of their models needs, and no node more."""
    refreshed: frozenset[tuple[str, str]]
    """What a refresh finds changed because the autoscaler added nodes, or other things came."""
    alone: str
    """A model that changes nobody else's servers, and not how its own start, when it has more."""
    narrow_pool: str
    """A pool that has no node for eight GPUs."""

    @property
    def base(self) -> str:
        """The stack that owns cluster and network."""
        return f"{self.cloud}-prod"

    @property
    def served(self) -> str:
        """The stack of its models."""
        return f"{self.cloud}-prod-models"

    @property
    def stacks(self) -> tuple[str, str]:
        """Both, in order."""
        return self.base, self.served

    def project(self, folder: Path) -> Path:
        """Make a project with the two stacks."""
        return make_project(folder, {name: stack_config(name) for name in self.stacks})

    def models(self) -> list[dict[str, object]]:
        """Return the models as the stack file has them."""
        found = stack_config(self.served)["tokenworks:models"]
        assert isinstance(found, list)
        return found

    def write_models(self, project: Path, changed: list[dict[str, object]]) -> None:
        """Write the models anew; where others are there, tenants who name none may use all."""
        if [model["name"] for model in changed] != [model["name"] for model in self.models()]:
            base = stack_config(self.base)
            tenants = base["tokenworks:tenants"]
            assert isinstance(tenants, list)
            for tenant in tenants:
                tenant.pop("models", None)
            write_stack(project, self.base, base)
        write_stack(
            project, self.served, {**stack_config(self.served), "tokenworks:models": changed}
        )


AWS = Production(
    cloud="aws",
    fresh="a fresh account must ask for",
    asked_for=("L-DB2E81BA", "L-417A185B", "L-3819A6DF"),  # G, P, and G as spot
    rest_on_spot=("l40s",),
    refreshed=frozenset(
        {
            ("l40s-spot", "aws:eks/nodeGroup:NodeGroup"),
            ("h100-on-demand", "aws:eks/nodeGroup:NodeGroup"),
            # Three system nodes are the least: what measures and logs takes a fourth.
            ("system-on-demand", "aws:eks/nodeGroup:NodeGroup"),
        }
    ),
    alone="qwen2.5-7b",
    narrow_pool="l40s",
)
GCP = Production(
    cloud="gcp",
    fresh="a fresh project must ask for",
    asked_for=("GPUS_ALL_REGIONS", "NVIDIA_L4_GPUS", "PREEMPTIBLE_NVIDIA_L4_GPUS"),
    rest_on_spot=(),  # a GKE pool begins with as many nodes in each of its zones
    # GKE answers about its cluster with the first of the pools that came after it.
    refreshed=frozenset({("gcp-prod-cluster-control-plane", "gcp:container/cluster:Cluster")}),
    alone="qwen2.5-72b",  # of those that share nodes of one GPU, each waits for the others
    narrow_pool="l4",
)
