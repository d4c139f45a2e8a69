"""GPU pools: which GPU, how many on a node, and between which bounds nodes come and go."""

from typing import Annotated

from pydantic import Field

from infra.spec.section import Section


class NodeRange(Section):
    """Bounds of a node group. The autoscaler moves between them; Pulumi never fights it."""

    min: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Nodes that always run."""
    max: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Nodes at most."""


class GpuPoolSpec(Section):
    """One GPU shape, bought on demand, as spot, or both."""

    name: str
    """Short name, unique among the pools; models refer to it."""
    gpu: str
    """GPU as the catalogue names it, for example `L4`."""
    gpus_per_node: Annotated[int, Field(ge=1, le=16, strict=True)]
    """GPUs on one node."""
    machine_type: str
    """Machine type; follows from `gpu` and `gpusPerNode` unless it is named."""
    on_demand: NodeRange | None
    """Bounds of the on-demand node group; none when absent."""
    spot: NodeRange | None
    """Bounds of the spot node group; none when absent."""
    disk_gib: Annotated[int, Field(ge=50, le=16384, strict=True)]
    """Root volume of a node. A vLLM image alone unpacks to more than 10 GiB."""
