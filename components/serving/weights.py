"""Where a model server finds its weights: what the start program is told. Pure but for outputs.

Owns the place of a checkpoint in the bucket, how a bucket of each cloud is spelled, and the
environment that `start_server` reads.
Does not own the choice between bucket and hub: that program makes it at each start.
"""

import json
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import ModelHome
from components.kubernetes.network_policies import HTTPS_PORT
from infra.catalog.units import BYTES_PER_GIB
from infra.spec.cloud import CloudProvider
from infra.spec.hub import HubSpec
from infra.spec.models import ModelSpec, WeightsSource

core = kubernetes.core.v1

MAIN = "main"
"""Folder of a checkpoint whose revision the stack does not pin, by the hub's own branch."""
TOKEN_SECRET = "hub-token"  # noqa: S105  the name of a Secret
"""With the hub's token, in the namespace of models; missing until somebody puts a value."""
TOKEN_KEY = "token"  # noqa: S105  a key of a Secret, not its value
SCHEMES = {CloudProvider.AWS: "s3", CloudProvider.GCP: "gs"}
"""What vLLM streams from (vllm/transformers_utils/runai_utils.py, `SUPPORTED_SCHEMES`, read
2026-11)."""
STREAMS = 32
"""Readers of one server. 15 GB took 28 s from S3 with 4 and 5 s with 32; the default is 8
(run-ai/runai-model-streamer@f73a19a docs/src/benchmarks.md, g5.12xlarge). Nobody has published such
a table for Cloud Storage."""
LEAST_BUFFER_GIB = 4
"""A buffer must hold the largest tensor (docs/src/usage.md of the same): the embedding of a 72B
model has 2.3 GiB."""


def checkpoint_path(model: ModelSpec) -> str:
    """Return the folder of a checkpoint in the bucket, `organization/name/revision`."""
    return f"{model.source}/{model.revision or MAIN}"


def streaming_arguments(model: ModelSpec) -> list[str]:
    """Return the arguments of vLLM for weights that it streams from a bucket.

    The streamer's own buffer is 40 GB for each GPU's process, or as much as a file has when several
    share the work (docs/src/env-vars.md): more than many servers have. Half of the memory is for
    it, what `/dev/shm` may fill left aside.
    """
    free_gib = (model.memory_gib - model.shared_memory_gib) / 2 / model.tensor_parallel
    settings: dict[str, int | bool] = {
        "concurrency": max(1, STREAMS // model.tensor_parallel),
        "memory_limit": int(max(LEAST_BUFFER_GIB, free_gib) * BYTES_PER_GIB),
    }
    if model.tensor_parallel > 1:
        # Each process reads a part and the GPUs exchange them; else each would read everything.
        settings["distributed"] = True
    loader = json.dumps(settings, separators=(",", ":"))
    return ["--load-format=runai_streamer", f"--model-loader-extra-config={loader}"]


def mirror_ports(hub: HubSpec) -> list[int]:
    """Return the ports of hubs that are not at that of HTTPS."""
    ports = {urlsplit(endpoint).port for endpoint in hub.endpoints}
    return sorted(port for port in ports if port not in (None, HTTPS_PORT))


def source_environment(model: ModelSpec, home: ModelHome) -> list[core.EnvVarArgs]:
    """Return what says where a checkpoint comes from and where in the bucket it lies."""
    values: dict[str, pulumi.Input[str]] = {
        "HUB_REPOSITORY": model.source,
        "HUB_ENDPOINTS": " ".join(home.hub.endpoints),
    }
    if model.revision is not None:
        values["HUB_REVISION"] = model.revision
    if home.weights is not None and model.weights is WeightsSource.BUCKET:
        values["WEIGHTS_URI"] = pulumi.Output.concat(
            SCHEMES[home.cloud], "://", home.weights.bucket, "/", checkpoint_path(model)
        )
        if home.cloud is CloudProvider.AWS:
            # boto3 reads the one, the streamer's own S3 client the other. A bucket of Cloud Storage
            # is found without its region.
            values["AWS_DEFAULT_REGION"] = values["AWS_REGION"] = home.weights.region
    variables = [core.EnvVarArgs(name=name, value=value) for name, value in values.items()]
    # Public models come up without one.
    source = core.SecretKeySelectorArgs(
        name=TOKEN_SECRET, key=TOKEN_KEY, optional=not home.hub.token
    )
    value = core.EnvVarSourceArgs(secret_key_ref=source)
    return [*variables, core.EnvVarArgs(name="HF_TOKEN", value_from=value)]


def weights_environment(model: ModelSpec, home: ModelHome) -> list[core.EnvVarArgs]:
    """Return the variables of the start program: the source, and how vLLM streams from a bucket."""
    variables = source_environment(model, home)
    names = [variable.name for variable in variables]
    if "WEIGHTS_URI" in names:
        arguments = json.dumps(streaming_arguments(model))
        # Beside it: another order would be another pod.
        place = names.index("WEIGHTS_URI") + 1
        variables.insert(place, core.EnvVarArgs(name="WEIGHTS_ARGUMENTS", value=arguments))
    return variables
