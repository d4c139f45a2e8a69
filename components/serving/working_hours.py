"""Working hours of models: one CronJob scales their servers up in the morning, one down at night.

Owns both, the account that they run as, and what it may do. Does not own how many servers a model
has (`rollout`), nor the nodes: the autoscaler takes those away that stand empty.
Why `kubectl scale` in the cluster and no schedule of the cloud's: node groups of EKS have one, node
pools of GKE do not, and both would end servers without a drain (docs/decisions/0030).
Its way out is that of every pod of the namespace. What `kubectl scale` asks for: a Deployment, and
a patch of its scale (kubectl 1.36.3 told its requests, `-v=8`, to an API server 1.36.3 as this
account, 2026-11-28).
"""

from collections.abc import Mapping, Sequence
from datetime import time

import pulumi
import pulumi_kubernetes as kubernetes

from components.handles import NamespaceRef
from components.kubernetes import restricted
from components.kubernetes.priorities import BATCH
from infra.catalog import releases
from infra.spec.week_day import WeekDay
from infra.spec.working_hours import WorkingHoursSpec

batch = kubernetes.batch.v1
core = kubernetes.core.v1
meta = kubernetes.meta.v1
rbac = kubernetes.rbac.v1

NAME = "working-hours"
"""Of the account and of its role."""
OPEN, CLOSE = "working-hours-open", "working-hours-close"
"""Names of the CronJobs: `kubectl create job --from=cronjob/working-hours-open NAME` opens now."""
PODS = {"app.kubernetes.io/name": NAME}
IMAGE = "kubectl"
USER = 65532
"""Of nobody: the image names no user, and its one program may be run by everybody (as remembered:
no image can be pulled here)."""
LATE_SECONDS = 3600
"""How late a run may begin after the control plane was away; later, the next one comes."""
RUN_SECONDS = 600
"""It takes seconds, and minutes where a node has to come for it."""
TRIES = 3
TOKEN_SECONDS = 600
"""The shortest that the API server gives; a mounted one of its own accord lives for an hour."""
TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105 - where it is
"""Where every client looks inside a cluster (client-go, `rest.InClusterConfig`)."""
CPU, MEMORY = "20m", "64Mi"
"""A program that asks three things and ends; not measured."""


class WorkingHours(pulumi.ComponentResource):
    """What opens and closes the models of a stack."""

    def __init__(
        self,
        name: str,
        hours: WorkingHoursSpec,
        deployments: Mapping[str, int],
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create both CronJobs, under fixed names.

        Args:
            name: name of the component.
            hours: when models run; they are closed at some time.
            deployments: each Deployment of the stack's models, and how many servers it has.
            namespace: of the models.
            opts: options of the component.
        """
        super().__init__("tokenworks:serving:WorkingHours", name, None, opts)
        self._name, self._namespace, self._zone = name, namespace, hours.time_zone
        self._child = pulumi.ResourceOptions(parent=self)
        granted = self._create_rights(sorted(deployments))
        self._child = pulumi.ResourceOptions(parent=self, depends_on=granted)
        by_servers: dict[int, list[str]] = {}
        for deployment, servers in sorted(deployments.items()):
            by_servers.setdefault(servers, []).append(deployment)
        self._create(OPEN, cron(hours.opens, hours.days), by_servers)
        # Every evening: whoever opened them on a Sunday need not close them, too.
        self._create(CLOSE, cron(hours.closes, tuple(WeekDay)), {0: sorted(deployments)})
        self.register_outputs({"hours": hours.text})

    def _create_rights(self, deployments: Sequence[str]) -> list[pulumi.Resource]:
        """Let the account scale these Deployments, and see or do nothing else."""
        account = core.ServiceAccount(
            f"{self._name}-account",
            metadata=self._metadata(NAME),
            automount_service_account_token=False,
            opts=self._child,
        )
        rules = [
            rbac.PolicyRuleArgs(
                api_groups=["apps"],
                resources=[resource],
                resource_names=list(deployments),
                verbs=verbs,
            )
            for resource, verbs in (("deployments", ["get"]), ("deployments/scale", ["patch"]))
        ]
        role = rbac.Role(
            f"{self._name}-role", metadata=self._metadata(NAME), rules=rules, opts=self._child
        )
        binding = rbac.RoleBinding(
            f"{self._name}-binding",
            metadata=self._metadata(NAME),
            role_ref=rbac.RoleRefArgs(
                api_group="rbac.authorization.k8s.io", kind="Role", name=NAME
            ),
            subjects=[
                rbac.SubjectArgs(kind="ServiceAccount", name=NAME, namespace=self._namespace.label)
            ],
            opts=self._child,
        )
        return [account, role, binding]

    def _create(self, label: str, schedule: str, by_servers: Mapping[int, Sequence[str]]) -> None:
        batch.CronJob(
            f"{self._name}-{label.removeprefix(NAME + '-')}",
            metadata=self._metadata(label),
            spec=batch.CronJobSpecArgs(
                schedule=schedule,
                time_zone=self._zone,
                concurrency_policy="Forbid",
                starting_deadline_seconds=LATE_SECONDS,
                successful_jobs_history_limit=1,
                failed_jobs_history_limit=3,
                job_template=batch.JobTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=_labels(label)),
                    spec=batch.JobSpecArgs(
                        backoff_limit=TRIES,
                        active_deadline_seconds=RUN_SECONDS,
                        template=core.PodTemplateSpecArgs(
                            metadata=meta.ObjectMetaArgs(labels=_labels(label)),
                            spec=_pod(self._namespace.label, by_servers),
                        ),
                    ),
                ),
            ),
            opts=self._child,
        )

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self._namespace.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        )


def cron(at: time, days: Sequence[WeekDay]) -> str:
    """Return a schedule as CronJobs have it: minute, hour, and the days of a week."""
    names = ",".join(day.value[:3].upper() for day in days)
    return f"{at.minute} {at.hour} * * {names if len(days) < len(WeekDay) else '*'}"


def _pod(namespace: str, by_servers: Mapping[int, Sequence[str]]) -> core.PodSpecArgs:
    """Return a pod with a container for each number of servers: the program takes one number."""
    return core.PodSpecArgs(
        restart_policy="Never",  # each try leaves its log
        service_account_name=NAME,
        automount_service_account_token=False,
        enable_service_links=False,
        priority_class_name=BATCH.name,
        security_context=restricted.pod(USER),
        containers=[
            _container(namespace, servers, deployments)
            for servers, deployments in by_servers.items()
        ],
        volumes=[core.VolumeArgs(name="token", projected=_token())],
    )


def _token() -> core.ProjectedVolumeSourceArgs:
    """Return the identity of the account for the minutes of one run, and whom to trust."""
    certificate = core.ConfigMapProjectionArgs(
        name="kube-root-ca.crt", items=[core.KeyToPathArgs(key="ca.crt", path="ca.crt")]
    )
    return core.ProjectedVolumeSourceArgs(
        sources=[
            core.VolumeProjectionArgs(
                service_account_token=core.ServiceAccountTokenProjectionArgs(
                    path="token", expiration_seconds=TOKEN_SECONDS
                )
            ),
            core.VolumeProjectionArgs(config_map=certificate),
        ]
    )


def _container(namespace: str, servers: int, deployments: Sequence[str]) -> core.ContainerArgs:
    return core.ContainerArgs(
        name=f"to-{servers}",
        image=releases.image(IMAGE).reference,
        image_pull_policy="Always",  # it starts twice a day, and on no node that kept it
        args=[
            *("scale", f"--namespace={namespace}", f"--replicas={servers}"),
            *(f"deployment/{name}" for name in deployments),
        ],
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": CPU, "memory": MEMORY}, limits={"cpu": "1", "memory": MEMORY}
        ),
        security_context=restricted.container(),
        volume_mounts=[core.VolumeMountArgs(name="token", mount_path=TOKEN_FOLDER, read_only=True)],
    )


def _labels(component: str) -> dict[str, str]:
    return {
        **PODS,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": "tokenworks",
    }
