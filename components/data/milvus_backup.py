"""Backups of the vector store: a Job each night, and one that restores when somebody asks.

Owns both, what they are told, the account that makes backups, and their way out. Does not own where
backups lie, how long, and who may do what to them (the foundation).
Why milvus-backup and not copies of etcd: docs/decisions/0017. Its settings, arguments and what each
needs of the buckets: zilliztech/milvus-backup@f81df44 (2026-08-22, before 0.6.0) and milvus.io,
"Back up and Restore Data Using Commands", of 0.6.0, read 2026-11-27.
"""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.data.milvus_values import (
    CHART,
    DATA_PREFIX,
    METRICS_PORT,
    PASSWORD_KEY,
    PORT,
    SERVICE_ACCOUNT,
    Size,
    Surroundings,
    storage_host,
)
from components.handles import NamespaceRef
from components.kubernetes import network_policies, restricted
from components.kubernetes.priorities import BATCH
from infra.catalog import releases

batch = kubernetes.batch.v1
core = kubernetes.core.v1
meta = kubernetes.meta.v1

NAME = "milvus-backup"
ACCOUNT = "milvus-backup"
"""Of the nightly Job. A restore runs as Milvus' own account: it fills Milvus' bucket."""
RESTORE = "milvus-restore"
PODS = {"app.kubernetes.io/name": NAME}
NIGHTLY = "17 2 * * *"
"""In UTC. Not on the hour, when everybody's Jobs start."""
HOURS = 6
"""A backup that takes longer is ended: the next one must not meet it."""
TRIES = 2
SIZE = Size(1, 0.25, 0.5)
"""The cloud copies objects by itself, so that no data passes through the pod."""
USER = 65532
"""Of nobody: the image (alpine, its program may be run by everybody) names no user."""
PROGRAM = "/app/milvus-backup"
SETTINGS = "/etc/milvus-backup"
SCRATCH = "64Mi"
PREFIX = "backup"
"""Folder of all backups in their bucket; each has one of its own in it."""


@dataclass(frozen=True, eq=False)
class Copies:
    """Where backups go."""

    bucket: pulumi.Output[str]
    """Bucket of backups alone."""
    host: str
    """Name of Milvus' Service."""


def settings(at: Surroundings, copies: Copies) -> dict[str, object]:
    """Return the settings of milvus-backup, without a secret: identity is the pod's own."""
    return {
        "configVersion": "v2",
        "log": {"file": {"path": "/tmp/backup.log"}},  # noqa: S108  in the pod
        "milvus": {
            "user": "root",
            "grpc": {"address": copies.host, "port": PORT},
            # Where deleting is put off while files are copied.
            "management": {"endpoint": f"http://{copies.host}:{METRICS_PORT}"},
            "storage": {
                "provider": at.cloud.value,
                "address": storage_host(at),
                "port": 443,
                "region": at.region,
                "useSSL": True,
                "bucketName": at.bucket,
                "rootPath": DATA_PREFIX,
                "auth": {"type": "iam"},
            },
        },
        "backup": {"storage": {"bucketName": copies.bucket, "rootPath": PREFIX}},
        "transfer": {"mode": "direct"},
    }


class VectorBackup(pulumi.ComponentResource):
    """The two Jobs, and what they need inside the cluster."""

    def __init__(
        self,
        name: str,
        at: Surroundings,
        copies: Copies,
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create them in the namespace of the vector store, under fixed names."""
        super().__init__("tokenworks:data:VectorBackup", name, None, opts)
        self._namespace = namespace
        self._password = at.password_secret
        self._child = pulumi.ResourceOptions(parent=self)
        account = core.ServiceAccount(
            f"{name}-account",
            metadata=self._metadata(ACCOUNT),
            automount_service_account_token=False,  # it asks the cloud, never the API server
            opts=self._child,
        )
        told = core.ConfigMap(
            f"{name}-settings",
            metadata=self._metadata(NAME),
            data={"backup.yaml": pulumi.Output.json_dumps(settings(at, copies))},
            opts=self._child,
        )
        network_policies.open_egress(
            f"{name}-buckets",
            namespace=namespace,
            label="backups",
            pods=network_policies.pods_with(PODS),
            to=[network_policies.https(), network_policies.credentials(at.cloud)],
            opts=self._child,
        )
        self._child = pulumi.ResourceOptions(parent=self, depends_on=[account, told])
        # Its own folder: copied files, which restore to any later Milvus, and users and roles.
        self._create(name, NAME, ACCOUNT, ["create", "--format=binlog", "--rbac"], {})
        asked = {"BACKUP_NAME": "", "FILTER": "", "SUFFIX": "", "WITH_USERS": "false"}
        restore = [
            *("restore", "--name=$(BACKUP_NAME)", "--filter=$(FILTER)", "--suffix=$(SUFFIX)"),
            *("--rbac=$(WITH_USERS)", "--rebuild_index"),
        ]
        self._create(f"{name}-restore", RESTORE, SERVICE_ACCOUNT, restore, asked)
        self.register_outputs({"schedule": NIGHTLY})

    def _create(
        self,
        name: str,
        label: str,
        account: str,
        arguments: list[str],
        asked: dict[str, str],
    ) -> None:
        """Create a CronJob. One that asks for something is never started but by a person."""
        batch.CronJob(
            f"{name}-cron-job",
            metadata=self._metadata(label),
            spec=batch.CronJobSpecArgs(
                schedule=NIGHTLY,
                time_zone="Etc/UTC",
                suspend=bool(asked),
                concurrency_policy="Forbid",
                starting_deadline_seconds=3600,
                successful_jobs_history_limit=3,
                failed_jobs_history_limit=3,
                job_template=batch.JobTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(labels=_labels(label)),
                    spec=self._job(label, account, arguments, asked),
                ),
            ),
            opts=self._child,
        )

    def _job(
        self, label: str, account: str, arguments: list[str], asked: dict[str, str]
    ) -> batch.JobSpecArgs:
        return batch.JobSpecArgs(
            # Each try is a backup of another name; half a restore is looked at first.
            backoff_limit=0 if asked else TRIES,
            active_deadline_seconds=HOURS * 3600,
            template=core.PodTemplateSpecArgs(
                metadata=meta.ObjectMetaArgs(labels=_labels(label)),
                spec=core.PodSpecArgs(
                    restart_policy="Never",  # each try leaves its log
                    service_account_name=account,
                    automount_service_account_token=False,
                    enable_service_links=False,
                    priority_class_name=BATCH.name,
                    security_context=restricted.pod(USER, fs_group=USER),
                    containers=[self._container(arguments, asked)],
                    volumes=[
                        core.VolumeArgs(
                            name="settings", config_map=core.ConfigMapVolumeSourceArgs(name=NAME)
                        ),
                        core.VolumeArgs(
                            name="tmp",
                            empty_dir=core.EmptyDirVolumeSourceArgs(size_limit=SCRATCH),
                        ),
                    ],
                ),
            ),
        )

    def _container(self, arguments: list[str], asked: dict[str, str]) -> core.ContainerArgs:
        password = core.SecretKeySelectorArgs(name=self._password, key=PASSWORD_KEY)
        bounded = {"memory": f"{int(SIZE.memory_gib * 1024)}Mi", "ephemeral-storage": SCRATCH}
        return core.ContainerArgs(
            name=NAME,
            image=releases.image("milvus-backup").reference,
            image_pull_policy="Always",  # it starts once a night, and waits for nobody
            command=[PROGRAM],
            args=[*arguments, f"--config={SETTINGS}/backup.yaml"],
            env=[
                core.EnvVarArgs(
                    name="MILVUS_PASSWORD",
                    value_from=core.EnvVarSourceArgs(secret_key_ref=password),
                ),
                *(core.EnvVarArgs(name=key, value=value) for key, value in asked.items()),
            ],
            resources=core.ResourceRequirementsArgs(
                requests={"cpu": f"{int(SIZE.cpu * 1000)}m", **bounded},
                limits={"cpu": "2", **bounded},
            ),
            security_context=restricted.container(),
            volume_mounts=[
                core.VolumeMountArgs(name="settings", mount_path=SETTINGS, read_only=True),
                core.VolumeMountArgs(name="tmp", mount_path="/tmp"),  # noqa: S108  in the pod
            ],
        )

    def _metadata(self, name: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=name,
            namespace=self._namespace.name,
            labels={"app.kubernetes.io/part-of": "tokenworks"},
        )


def _labels(component: str) -> dict[str, str]:
    return {
        **PODS,
        "app.kubernetes.io/instance": CHART,
        "app.kubernetes.io/component": component,
        "app.kubernetes.io/part-of": "tokenworks",
    }
