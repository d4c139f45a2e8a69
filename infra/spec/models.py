"""Models: what is served, by which engine, on which pool, how many times."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from infra.spec.section import Section

MOST_WEIGHTS_GIB = 1536
"""More than the largest open checkpoint of today: 1T parameters in 8 bits are 960 GiB."""
LEAST_MEMORY_GIB = 1
"""Far below what any model needs, and far above what a Kubernetes quantity rounds to zero."""


class Engine(StrEnum):
    """The model servers that can be named."""

    VLLM = "vllm"


class DType(StrEnum):
    """Number format of weights and activations. `auto` takes what the checkpoint says."""

    AUTO = "auto"
    BFLOAT16 = "bfloat16"
    FLOAT16 = "float16"


class WeightsSource(StrEnum):
    """Where a server reads its weights first."""

    BUCKET = "bucket"
    HUB = "hub"


class ReplicaRange(Section):
    """How many servers of a model run. Scaling is not built: `max` equals `min`."""

    min: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Servers that always run."""
    max: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Servers at most."""
    on_demand: Annotated[int, Field(ge=0, le=1000, strict=True)]
    """Of `min`, servers that must run on on-demand nodes: what is left when spot is reclaimed."""


ON_DEMAND_SUFFIX = "-on-demand"
"""How the name of the Deployment of a model's on-demand floor ends."""
SHARED_HOST_SUFFIX = "-shared-host"
"""How the name of a model's route at the shared host ends. Without a dot: in its statistics Envoy
cuts the name of a cluster at the first one (read off a real Envoy 1.39, 2026-11-27)."""
PODS_SUFFIX = "-pods"
"""How the name of the Service that the shared host finds a model's servers by ends."""
RESERVED_SUFFIXES = (ON_DEMAND_SUFFIX, SHARED_HOST_SUFFIX, PODS_SUFFIX)
"""No model's own name ends so: it would be that of another model's object."""


def object_name(name: str) -> str:
    """Return the name of a model as a DNS label, which Services require: dots become hyphens."""
    return name.replace(".", "-")


class CanarySpec(Section):
    """Another model that answers a share of the requests to this one, under this one's name."""

    model: str
    """Its name."""
    percent: Annotated[int, Field(ge=0, le=100, strict=True)]
    """Its share. 100: all of them, and this model's servers wait for the way back."""


class ModelSpec(Section):
    """One served model."""

    name: str
    """Name that clients send, `qwen2.5-7b`: lower-case letters, digits, `-` and `.`."""
    also_serves: tuple[str, ...]
    """Further names that its servers answer to, those of models whose canary it is."""
    canary: CanarySpec | None
    """Who answers a share of its requests at the gateway."""
    fallback: str | None
    """Name of another model that answers at the shared host while none of its servers does."""
    source: str
    """Hugging Face repository, `organization/name`."""
    revision: str | None
    """Commit of the repository. Absent: the hub's main branch, which can move."""
    weights: WeightsSource
    """`bucket` streams from the platform's bucket, with the hub as fallback; `hub` skips it."""
    weights_gib: Annotated[float, Field(gt=0.0, le=MOST_WEIGHTS_GIB, strict=True)]
    """Size of the checkpoint's weights, in GiB; follows from `source` for known checkpoints."""
    engine: Engine
    """The model server."""
    pool: str
    """Name of a GPU pool of this stack or of the stack it extends."""
    replicas: ReplicaRange
    """How many servers."""
    context: Annotated[int, Field(ge=256, le=10_485_760, strict=True)]
    """Longest prompt plus answer, in tokens."""
    tensor_parallel: Annotated[int, Field(ge=1, le=16, strict=True)]
    """GPUs that share one copy of the model."""
    dtype: DType
    """Number format."""
    gpu_memory_utilization: Annotated[float, Field(gt=0.0, le=0.98, strict=True)]
    """Share of each GPU's memory that the engine may take."""
    max_concurrent_requests: Annotated[int, Field(ge=1, le=4096, strict=True)]
    """Requests that one server runs at once."""
    max_queued_requests: Annotated[int, Field(ge=0, le=65536, strict=True)]
    """Requests that one server lets wait; beyond it, it answers 503 at once."""
    cpu: Annotated[float, Field(ge=0.1, le=512, strict=True)]
    """Cores that one server asks for."""
    memory_gib: Annotated[float, Field(ge=LEAST_MEMORY_GIB, le=8192, strict=True)]
    """Host memory that one server asks for, in GiB."""
    shared_memory_gib: Annotated[float, Field(ge=0.0625, le=1024, strict=True)]
    """Size of `/dev/shm`, in GiB, from the 64 MiB of a container; counts towards `memoryGib`."""
    startup_timeout_seconds: Annotated[int, Field(ge=60, le=43200, strict=True)]
    """How long a server may take from start to first health answer, weights included. Follows from
    `weightsGib`."""
    drain_seconds: Annotated[int, Field(ge=1, le=3600, strict=True)]
    """How long a stopping server may finish requests in flight; on spot nodes less, where their
    notice leaves less."""

    @property
    def object_name(self) -> str:
        """The name as a DNS label, which Kubernetes Services require: dots become hyphens."""
        return object_name(self.name)
