"""What one component hands to the next.

Owns the small frozen records that carry values between components: identifiers that only an update
knows (`Output`), beside names that are known from the stack file (plain strings).
Does not own settings: those travel as the spec's own objects, whole.
Why records and not components: a models-only stack has no `Cluster` component, yet it must reach
the same cluster; both kinds of stack hold the same `ClusterRef`.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

import pulumi

from components.kubeconfig import kubeconfig
from components.references import exported_text
from infra.spec.cloud import CloudProvider
from infra.spec.environment import Environment
from infra.spec.hub import HubSpec
from infra.spec.stack import cluster_name
from infra.spec.traces import TracesSpec

EXPORT_ENDPOINT = "clusterEndpoint"
EXPORT_CERTIFICATE_AUTHORITY = "clusterCertificateAuthority"
EXPORT_NAME = "clusterName"
EXPORT_REGION = "clusterRegion"
EXPORT_VECTORS = "vectorsBucket"
EXPORT_VECTOR_BACKUPS = "vectorBackupsBucket"
EXPORT_VECTOR_STORE = "vectorStore"
EXPORT_ZONE = "dnsZone"


@dataclass(frozen=True)
class PlatformRef:
    """Whose resources these are: known before anything is created, so names and tags can use it."""

    name: str
    """Platform name, `aws-dev`: the stack that owns the cluster."""
    environment: Environment
    """How careful the defaults are."""
    region: str
    """Region of the cloud."""
    expires: str | None = None
    """The day from which it may be swept away, `2026-12-01`; None: it stays."""

    @property
    def cluster_name(self) -> str:
        """Name of the cluster."""
        return cluster_name(self.name)


@dataclass(frozen=True, eq=False)
class NamespaceRef:
    """A namespace that exists before what is put into it."""

    label: str
    """Its name, known in advance, for addresses."""
    name: pulumi.Output[str]
    """Its name as the created namespace reports it, for `metadata.namespace`."""


@dataclass(frozen=True)
class Workload:
    """Pods by the account that they run as."""

    namespace: str
    """Namespace of the service account."""
    service_account: str
    """Name of the service account."""


@dataclass(frozen=True, eq=False)
class DeployersRef:
    """Whoever ships models, as the API server knows them."""

    kind: str
    """`Group` on EKS, whose access entries put an identity into one; `User` on GKE, where an
    identity comes in under its e-mail."""
    name: pulumi.Input[str]
    """Name of the group or the user."""


@dataclass(frozen=True, eq=False)
class BucketRef:
    """A bucket of the platform."""

    bucket: pulumi.Output[str]
    """Name of the bucket."""
    region: str
    """Region of the bucket."""


@dataclass(frozen=True, eq=False)
class ExportedBucketRef(BucketRef):
    """A bucket that the stack of the foundation exports under a name of its own."""

    EXPORT: ClassVar[str]
    """Name of the stack output."""

    @classmethod
    def from_stack_reference(cls, reference: pulumi.StackReference, platform: PlatformRef) -> Self:
        """Return the bucket of another stack, which exported it with `exports`.

        Where the other stack was never brought up, the run fails with `MissingExportError`.
        """
        return cls(bucket=exported_text(reference, cls.EXPORT), region=platform.region)

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """Return the stack output from which `from_stack_reference` rebuilds this record."""
        return {self.EXPORT: self.bucket}


class WeightsRef(ExportedBucketRef):
    """Where the weights of models lie."""

    EXPORT = "weightsBucket"


class TracesRef(ExportedBucketRef):
    """Where traces lie."""

    EXPORT = "tracesBucket"


class LogsRef(ExportedBucketRef):
    """Where what pods print is kept."""

    EXPORT = "logsBucket"


@dataclass(frozen=True, eq=False)
class MetricsRef:
    """A store of AWS's that takes samples of this platform."""

    workspace: pulumi.Output[str]
    """Its id, `ws-…`."""
    region: str
    """Its region, for which requests are signed."""

    EXPORT: ClassVar[str] = "metricsWorkspace"
    """Name of the stack output."""

    @property
    def write_url(self) -> pulumi.Output[str]:
        """Where Prometheus writes (Amazon Managed Service for Prometheus user guide, 2026)."""
        host = f"https://aps-workspaces.{self.region}.amazonaws.com"
        return pulumi.Output.concat(host, "/workspaces/", self.workspace, "/api/v1/remote_write")

    @classmethod
    def from_stack_reference(cls, reference: pulumi.StackReference, platform: PlatformRef) -> Self:
        """Return the store of another stack, which exported it with `exports`.

        Where the other stack was never brought up, the run fails with `MissingExportError`.
        """
        return cls(exported_text(reference, cls.EXPORT), platform.region)

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """Return the stack output from which `from_stack_reference` rebuilds this record."""
        return {self.EXPORT: self.workspace}


@dataclass(frozen=True, eq=False)
class CacheRef:
    """One instance of the cache, and how its users come in."""

    host: pulumi.Output[str]
    """Name or address of the primary, reached from inside the network."""
    port: int
    """Its port."""
    tls: bool
    """Whether it speaks TLS and nothing else, or plain text: inside a cluster only."""
    user: pulumi.Output[str] | None
    """Name of the user; None where the identity of the cloud is the user."""
    secret: pulumi.Output[str] | None
    """Kubernetes Secret with the password; None where a token of the cloud's identity takes its
    place, and nothing is stored."""
    rights_name: tuple[pulumi.Input[str], ...] = ()
    """What a right to connect must name: the ARNs of group and user on AWS, the instance's full
    name on Google Cloud. Empty inside the cluster: there a label and a password decide."""

    def exports(self, instance: str) -> dict[str, pulumi.Input[str]]:
        """Return the stack output with the address: never a password."""
        scheme = "rediss" if self.tls else "redis"
        address = pulumi.Output.concat(f"{scheme}://", self.host, f":{self.port}")
        return {f"{instance}Cache": address}


@dataclass(frozen=True, eq=False)
class CountsRef:
    """Where Envoy's rate-limit service counts, inside the cluster."""

    address: str
    """Host and port."""
    needed: tuple[pulumi.Resource, ...]
    """What must be there before the service, which ends where nobody answers it."""


@dataclass(frozen=True, eq=False)
class VectorsRef(BucketRef):
    """Where the vector store keeps what it holds, and its log."""

    backups: pulumi.Output[str] | None
    """Bucket of its backups; None where none are made."""

    @classmethod
    def from_stack_reference(
        cls, reference: pulumi.StackReference, platform: PlatformRef, *, backups: bool
    ) -> "VectorsRef":
        """Return the buckets of another stack, which exported them with `exports`.

        Where the other stack was never brought up, the run fails with `MissingExportError`.
        """
        return cls(
            bucket=exported_text(reference, EXPORT_VECTORS),
            region=platform.region,
            backups=exported_text(reference, EXPORT_VECTOR_BACKUPS) if backups else None,
        )

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """Return the stack outputs from which `from_stack_reference` rebuilds this record."""
        backups = {} if self.backups is None else {EXPORT_VECTOR_BACKUPS: self.backups}
        return {EXPORT_VECTORS: self.bucket, **backups}


@dataclass(frozen=True, eq=False)
class ZoneRef:
    """The public DNS zone of the gateway's domain."""

    domain: str
    """Its name, without a dot at the end."""
    zone: str | pulumi.Output[str]
    """What its cloud knows it by: the hosted zone's id on AWS, the managed zone's name on Google
    Cloud."""

    @classmethod
    def from_stack_reference(cls, reference: pulumi.StackReference, domain: str) -> "ZoneRef":
        """Return the zone of another stack, which exported it with `exports`.

        Where the other stack was never brought up, the run fails with `MissingExportError`.
        """
        return cls(domain=domain, zone=exported_text(reference, EXPORT_ZONE))

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """Return the stack output from which `from_stack_reference` rebuilds this record."""
        return {EXPORT_ZONE: self.zone}


@dataclass(frozen=True, eq=False)
class VectorStoreRef:
    """The vector store, as pods of the cluster reach it."""

    host: str
    """Name of its Service."""
    port: int
    """Port of gRPC and REST. No TLS: it does not leave the cluster."""
    secret: pulumi.Output[str]
    """Name of the Secret with the password of `root`, in the namespace of the vector store."""

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """Return the stack output with the address, and no password."""
        return {EXPORT_VECTOR_STORE: f"http://{self.host}:{self.port}"}


@dataclass(frozen=True, eq=False)
class ModelHome:
    """Everything a model server finds in its cluster."""

    cloud: CloudProvider
    """Cloud that the cluster is in."""
    namespace: NamespaceRef
    """Where servers run."""
    service_account: str
    """Account that every server runs as; its cloud identity reads the weights."""
    weights: WeightsRef | None
    """Bucket with the weights, or None where a platform has none."""
    hub: HubSpec
    """Where weights come from when the bucket does not have them."""
    traces: TracesSpec | None
    """Which requests servers tell of; None where nobody listens."""


@dataclass(frozen=True, eq=False)
class ClusterRef:
    """A Kubernetes cluster and how to reach it, without any credential."""

    name: str
    """Name of the cluster; the identity of the Kubernetes provider."""
    region: str
    """Region of the cluster."""
    provider: CloudProvider
    """Cloud that issues the tokens."""
    endpoint: pulumi.Output[str]
    """URL of the API server."""
    certificate_authority: pulumi.Output[str]
    """Certificate authority of the API server, PEM in base64. Empty where its certificate is a
    public one, as that of GKE's DNS endpoint is (GKE, "Control plane endpoints", 2026-11)."""

    @classmethod
    def from_stack_reference(
        cls, reference: pulumi.StackReference, platform: PlatformRef, provider: CloudProvider
    ) -> "ClusterRef":
        """Return the cluster of another stack, which exported it with `exports`.

        Where the other stack was never brought up, the run fails with `MissingExportError`.
        """
        return cls(
            name=platform.cluster_name,
            region=platform.region,
            provider=provider,
            endpoint=exported_text(reference, EXPORT_ENDPOINT),
            certificate_authority=exported_text(reference, EXPORT_CERTIFICATE_AUTHORITY),
        )

    def exports(self) -> dict[str, pulumi.Input[str]]:
        """Return the stack outputs from which `from_stack_reference` rebuilds this record."""
        return {
            EXPORT_NAME: self.name,
            EXPORT_REGION: self.region,
            EXPORT_ENDPOINT: self.endpoint,
            EXPORT_CERTIFICATE_AUTHORITY: self.certificate_authority,
        }

    @property
    def kubeconfig(self) -> pulumi.Output[str]:
        """A kubeconfig that asks `tokenworks kube-token` for a token at each use.

        A token in it would land in the state and be expired when `destroy`, which does not run the
        program, reads it back.
        """
        return kubeconfig(
            self.name, self.endpoint, self.certificate_authority, self._token_arguments
        )

    @property
    def _token_arguments(self) -> list[str]:
        """Return what a token depends on: Google's are good for every cluster."""
        if self.provider is CloudProvider.GCP:
            return ["--provider", self.provider.value]
        return ["--cluster", self.name, "--region", self.region]
