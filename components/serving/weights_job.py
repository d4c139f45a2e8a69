"""The Job that fills the bucket: one checkpoint, once for each revision.

Owns the Job, its pod and its ways out. Does not own what the loader does (`images/weights-loader`),
its rights (the foundation's role of its service account) or when servers take the bucket: they look
for themselves at each start, so nothing waits for this Job and it holds nothing up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import ModelHome
from components.kubernetes import network_policies, restricted
from components.kubernetes.model_namespace import LOADER_ACCOUNT
from components.kubernetes.priorities import BATCH
from components.names import DNS_LABEL, fit
from components.serving.model_server import SKIP_AWAIT
from components.serving.weights import checkpoint_path, mirror_ports, source_environment
from infra.spec.models import ModelSpec, WeightsSource

batch = kubernetes.batch.v1
core = kubernetes.core.v1
meta = kubernetes.meta.v1

IMAGE = "weights-loader"
USER = 65532
"""User of the image (images/weights-loader/Dockerfile)."""
REFUSED = 2
"""Exit code of settings or a checkpoint that no second try makes better."""
TRIES = 6
"""A try goes on where the one before it was cut."""
SLOWEST_BYTES_PER_SECOND = 20_000_000
"""A hub that gives less than a fifth of its usual 100 MB/s is not waited for any longer."""
LEAST_SECONDS = 3600
MEMORY = "1Gi"
"""Parts in flight are most of it (images/weights-loader/README.md)."""
SCRATCH = "64Mi"
CHECKPOINT = "tokenworks.dev/checkpoint"


@dataclass(frozen=True, eq=False)
class Loader:
    """What every loader of a stack runs."""

    image: pulumi.Input[str]
    """Image, with the platform's registry."""


def checkpoints(models: Sequence[ModelSpec]) -> list[ModelSpec]:
    """Return one model for each checkpoint that is to lie in the bucket, in their order."""
    wanted = [model for model in models if model.weights is WeightsSource.BUCKET]
    return list({checkpoint_path(model): model for model in reversed(wanted)}.values())[::-1]


def deadline_seconds(model: ModelSpec) -> int:
    """Return how long all tries together may take."""
    slowest = model.weights_gib * 2**30 / SLOWEST_BYTES_PER_SECOND
    return max(LEAST_SECONDS, round(slowest))


class WeightsJob(pulumi.ComponentResource):
    """Brings one checkpoint into the bucket."""

    def __init__(
        self,
        name: str,
        spec: ModelSpec,
        loader: Loader,
        *,
        home: ModelHome,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the Job for the checkpoint of `spec`."""
        super().__init__("tokenworks:serving:WeightsJob", name, None, opts)
        self._object_name = fit(name, DNS_LABEL)
        self._spec = spec
        self._loader = loader
        self._home = home
        created = batch.Job(
            f"{name}-job",
            metadata=meta.ObjectMetaArgs(
                name=self._object_name,
                namespace=home.namespace.name,
                labels=self._labels(),
                # Weights take minutes to hours, and servers start from the hub meanwhile.
                annotations={SKIP_AWAIT: "true", CHECKPOINT: checkpoint_path(spec)},
            ),
            spec=self._job(),
            # A Job's pod cannot change and its name cannot be there twice.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )
        self._open_ways_to_hubs(name)
        self.register_outputs({"job": created.metadata.name})

    def _labels(self) -> dict[str, str]:
        return {
            "app.kubernetes.io/name": IMAGE,
            "app.kubernetes.io/instance": self._object_name,
            "app.kubernetes.io/component": "weights",
            "app.kubernetes.io/part-of": "tokenworks",
        }

    def _job(self) -> batch.JobSpecArgs:
        # No `ttlSecondsAfterFinished`: a Job that went away by itself would be made again.
        return batch.JobSpecArgs(
            backoff_limit=TRIES,
            active_deadline_seconds=deadline_seconds(self._spec),
            pod_failure_policy=batch.PodFailurePolicyArgs(
                rules=[
                    batch.PodFailurePolicyRuleArgs(
                        action="FailJob",
                        on_exit_codes=batch.PodFailurePolicyOnExitCodesRequirementArgs(
                            container_name=IMAGE, operator="In", values=[REFUSED]
                        ),
                    ),
                    # A node that goes away is no mistake of the loader's.
                    batch.PodFailurePolicyRuleArgs(
                        action="Ignore",
                        on_pod_conditions=[
                            batch.PodFailurePolicyOnPodConditionsPatternArgs(
                                type="DisruptionTarget", status="True"
                            )
                        ],
                    ),
                ]
            ),
            template=core.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(labels=self._labels()), spec=self._pod()
            ),
        )

    def _pod(self) -> core.PodSpecArgs:
        return core.PodSpecArgs(
            restart_policy="Never",  # what a failure policy asks for
            service_account_name=LOADER_ACCOUNT,
            automount_service_account_token=False,
            enable_service_links=False,
            priority_class_name=BATCH.name,
            security_context=restricted.pod(USER, fs_group=USER),
            containers=[self._container()],
            volumes=[
                core.VolumeArgs(
                    name="tmp", empty_dir=core.EmptyDirVolumeSourceArgs(size_limit=SCRATCH)
                )
            ],
        )

    def _container(self) -> core.ContainerArgs:
        bounded = {"memory": MEMORY, "ephemeral-storage": SCRATCH}
        return core.ContainerArgs(
            name=IMAGE,
            image=self._loader.image,
            image_pull_policy="Always",  # it starts once, and waits for nobody
            env=source_environment(self._spec, self._home),
            resources=core.ResourceRequirementsArgs(
                # It shares nodes with what the cluster runs on.
                requests={"cpu": "500m", **bounded},
                limits={"cpu": "2", **bounded},
            ),
            security_context=restricted.container(),
            volume_mounts=[core.VolumeMountArgs(name="tmp", mount_path="/tmp")],  # noqa: S108  in the pod
        )

    def _open_ways_to_hubs(self, name: str) -> None:
        """Let the loader reach hubs, on what ports they have; nobody reaches the loader."""
        ports = mirror_ports(self._home.hub)
        network_policies.open_egress(
            f"{name}-hubs",
            namespace=self._home.namespace,
            label=f"{self._object_name}-hubs",
            pods=network_policies.pods_with(self._labels()),
            to=[network_policies.https(), *([network_policies.to_ports(ports)] if ports else [])],
            opts=pulumi.ResourceOptions(parent=self),
        )
