"""The pod of a model server.

Owns the pod's specification: container, probes, volumes, resources, security.
Does not own how many run and who may call them (`model_server`), where they stand (`placement`),
vLLM's own settings (`vllm`), nor where the weights are (`weights`).
Why the image's own unprivileged user and a read-only root: with `HOME` on a volume vLLM needs
neither root nor its image's files to be writable. Then the namespace can be `restricted`.
"""

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import ModelHome
from components.kubernetes import restricted
from components.serving import placement, start_script, vllm
from components.serving.quantities import cpu_quantity, memory_quantity
from components.serving.rollout import ServerSet
from components.serving.weights import weights_environment
from infra.catalog.releases import ImageRelease
from infra.spec.disk import disk_share_gib
from infra.spec.models import ModelSpec
from infra.spec.pools import GpuPoolSpec

core = kubernetes.core.v1

PORT_NAME = "http"
START_FOLDER = "/etc/tokenworks"
COMMAND = ("python3", f"{START_FOLDER}/{start_script.FILE}")
"""The start program, which becomes `vllm serve`. The image's own Python: vLLM runs on it."""
HEALTH_COMMAND = ("python3", f"{START_FOLDER}/{start_script.HEALTH_FILE}")
VLLM_USER = 2000
"""User `vllm` of the image (vllm#40275), home /home/vllm. Under an id that its passwd file lacks,
such as 1000, PyTorch dies of "getpwuid(): uid not found" (dynamo#12457, kserve#5666)."""
VLLM_GROUP = 0
"""Group of that user and of its home: the image's convention, no privilege by itself."""


def pod_spec(  # noqa: PLR0913 - by keyword, all but the model
    model: ModelSpec,
    *,
    servers: ServerSet,
    pool: GpuPoolSpec,
    home: ModelHome,
    image: ImageRelease,
    config_map: pulumi.Output[str],
) -> core.PodSpecArgs:
    """Return the pod of one server; `config_map` holds its start program and health check."""
    disk = f"{disk_share_gib(home.cloud, pool, model.tensor_parallel)}Gi"
    times = vllm.timing(model, servers.drain_seconds)
    return core.PodSpecArgs(
        service_account_name=home.service_account,
        # The server never asks the API server anything. The token for the cloud is another one,
        # which EKS's webhook mounts by itself, or GKE's metadata server asks for.
        automount_service_account_token=False,
        # A Service named `vllm` would otherwise set VLLM_PORT, which vLLM refuses to start with.
        enable_service_links=False,
        node_selector={labels.POOL: pool.name},
        affinity=placement.affinity(servers),
        topology_spread_constraints=placement.spread(model),
        priority_class_name=placement.priority(servers).name,
        tolerations=[core.TolerationArgs(key=labels.GPU, operator="Exists", effect="NoSchedule")],
        termination_grace_period_seconds=times.grace_seconds,
        security_context=restricted.pod(VLLM_USER, group=VLLM_GROUP, fs_group=VLLM_USER),
        containers=[_container(model, home, image, disk, times)],
        volumes=[
            _scratch("home", size=disk),
            _scratch("tmp", size=disk),
            _scratch("shm", size=memory_quantity(model.shared_memory_gib), medium="Memory"),
            core.VolumeArgs(
                name="start", config_map=core.ConfigMapVolumeSourceArgs(name=config_map)
            ),
        ],
    )


def _container(
    model: ModelSpec,
    home: ModelHome,
    image: ImageRelease,
    disk: str,
    times: vllm.Timing,
) -> core.ContainerArgs:
    return core.ContainerArgs(
        name="vllm",
        image=image.reference,
        command=list(COMMAND),
        args=[
            *vllm.vllm_arguments(model, times.drain_seconds),
            *vllm.tracing_arguments(home.traces),
        ],
        env=[
            *(
                core.EnvVarArgs(name=name, value=value)
                for name, value in {
                    **vllm.vllm_environment(),
                    **vllm.tracing_environment(model, home.traces),
                }.items()
            ),
            *weights_environment(model, home),
        ],
        ports=[core.ContainerPortArgs(name=PORT_NAME, container_port=vllm.PORT)],
        resources=_resources(model, disk),
        # A token is proof: no request arrives before one was generated, and a server that generates
        # none is started anew. Where requests go is asked more often, so it must cost less.
        startup_probe=_token_probe(vllm.STARTUP_PERIOD_SECONDS, failures=times.startup_checks),
        liveness_probe=_token_probe(vllm.CHECK_PERIOD_SECONDS, failures=vllm.CHECK_FAILURES),
        readiness_probe=_health_probe(period_seconds=5, failures=2),
        lifecycle=core.LifecycleArgs(
            pre_stop=core.LifecycleHandlerArgs(
                sleep=core.SleepActionArgs(seconds=vllm.PRE_STOP_SECONDS)
            )
        ),
        security_context=restricted.container(),
        volume_mounts=[
            core.VolumeMountArgs(name="home", mount_path=vllm.HOME),
            core.VolumeMountArgs(name="tmp", mount_path=vllm.TEMPORARY),
            core.VolumeMountArgs(name="shm", mount_path=vllm.SHARED_MEMORY),
            core.VolumeMountArgs(name="start", mount_path=START_FOLDER, read_only=True),
        ],
    )


def _resources(model: ModelSpec, disk: str) -> core.ResourceRequirementsArgs:
    """Limit everything but CPU: a throttled tokenizer costs first-token time, idle CPU nothing."""
    bounded = {
        "memory": memory_quantity(model.memory_gib),
        "ephemeral-storage": disk,
        labels.GPU: str(model.tensor_parallel),
    }
    return core.ResourceRequirementsArgs(
        requests={"cpu": cpu_quantity(model.cpu), **bounded}, limits=bounded
    )


def _token_probe(period_seconds: int, *, failures: int) -> core.ProbeArgs:
    return core.ProbeArgs(
        exec_=core.ExecActionArgs(command=list(HEALTH_COMMAND)),
        period_seconds=period_seconds,
        timeout_seconds=vllm.CHECK_SECONDS,
        failure_threshold=failures,
    )


def _health_probe(*, period_seconds: int, failures: int) -> core.ProbeArgs:
    return core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path=vllm.HEALTH_PATH, port=PORT_NAME),
        period_seconds=period_seconds,
        timeout_seconds=5,  # the answer comes from the process that also tokenizes: it may be busy
        failure_threshold=failures,
    )


def _scratch(name: str, *, size: str, medium: str | None = None) -> core.VolumeArgs:
    return core.VolumeArgs(
        name=name, empty_dir=core.EmptyDirVolumeSourceArgs(size_limit=size, medium=medium)
    )
