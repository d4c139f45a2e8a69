"""The probe: blackbox_exporter asks each model for a completion, and each host for a key.

Owns the program, what it is told to ask, its ways, and the monitors by which Prometheus finds whom
to ask. Does not own the alerts on what it says (`rules`).
Why monitors of Services and no Probe for each model: a Probe names any address, and whoever ships
models would have to write them where Prometheus reads them (docs/decisions/0023).
Settings and what each does: blackbox_exporter 0.28.0, whose program was run with them, 2026-11-27.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import pulumi
import pulumi_kubernetes as kubernetes

from components import labels
from components.handles import NamespaceRef
from components.kubernetes import (
    custom_objects,
    gateway_names,
    model_namespace,
    network_policies,
    restricted,
)
from components.kubernetes.gateway_ways import PROXY_PORTS
from components.observability import names
from components.observability.metrics_values import Size
from components.observability.monitors import API_VERSION
from components.observability.rules.objectives import PROBE_SECONDS
from components.serving import vllm
from components.serving.pods import PORT_NAME
from infra.catalog import releases
from infra.spec.gateway import GatewaySpec, Issuer
from infra.spec.models import PODS_SUFFIX

apps = kubernetes.apps.v1
core = kubernetes.core.v1
meta = kubernetes.meta.v1

JOB = "probe"
IMAGE = "blackbox-exporter"
SIZE = Size(10, 64)
"""It holds some 25 MiB (read off a running one, 2026-11-27); each question is a few kilobytes."""
USER = 65534
"""Of nobody: the image names no user, and the program needs none."""
TOKENS = 16
"""Of a completion: long enough to be more than its first token, 1 s within the default promises."""
ANSWER_SECONDS = 10
"""What takes longer has failed, as for the servers' own health check."""
SCRAPE_TIMEOUT_SECONDS = 15
"""The program itself takes half a second off it, so the answer that failed is still heard."""
SERVICE, GATEWAY = "service", "gateway"
"""Ways: inside the cluster, and as clients come."""
COMPLETION, LOCKED, OPEN = "completion", "locked", "open"
FOLDER, FILE, PORT_OF_PAGE = "/etc/blackbox", "blackbox.json", "http"
CHECK_PERIOD_SECONDS, CHECK_FAILURES = 10, 3


@dataclass(frozen=True)
class Way:
    """One way to a model that is asked."""

    name: str
    """Label `way` of its series."""
    module: str
    """What is asked: a module of the program's configuration."""
    address: str
    """Whom, with `$1` for the name of the model's Service."""

    @property
    def label(self) -> str:
        """Name of its monitor."""
        return f"{JOB}-{self.name}"

    def service_monitor(self) -> dict[str, object]:
        """Return the spec of its ServiceMonitor: one question for each model's own Service.

        Each server of a Service is found; without the labels that tell them apart all are one
        target, which Prometheus asks once.
        """
        service = "__meta_kubernetes_service_name"
        relabelings: list[dict[str, object]] = [
            {"action": "drop", "sourceLabels": [service], "regex": f".+{PODS_SUFFIX}"},
            _label("__param_target", self.address, service),
            _label("instance", "$1", "__param_target"),
            _label("__address__", _PROGRAM),
            _label("model", "$1", service),
            _label("way", self.name),
            _label("job", JOB),
            {"action": "labeldrop", "regex": "namespace|service|endpoint|pod|container|node"},
        ]
        return {
            "namespaceSelector": {"matchNames": [model_namespace.NAMESPACE]},
            "selector": {"matchExpressions": [{"key": labels.MODEL, "operator": "Exists"}]},
            "endpoints": [
                {
                    "port": PORT_NAME,
                    "path": "/probe",
                    "params": {"module": [self.module]},
                    "interval": f"{PROBE_SECONDS}s",
                    "scrapeTimeout": f"{SCRAPE_TIMEOUT_SECONDS}s",
                    "relabelings": relabelings,
                }
            ],
        }


_PROGRAM = f"{names.PROBER}.{names.NAMESPACE}.svc.cluster.local:{names.PROBER_PORT}"


def _label(target: str, value: str, *source: str) -> dict[str, object]:
    found = {"sourceLabels": [*source]} if source else {}
    return {**found, "targetLabel": target, "replacement": value}


def ways(gateway: GatewaySpec) -> tuple[Way, ...]:
    """Return the ways on which each model of a platform is asked."""
    service = f"$1.{model_namespace.NAMESPACE}.svc.cluster.local:{vllm.PORT}"
    found = [Way(SERVICE, COMPLETION, f"http://{service}/v1/completions")]
    if gateway.is_probed:
        module = LOCKED if gateway.knows_clients else OPEN
        found.append(Way(GATEWAY, module, f"https://{gateway.host('$1')}/v1/models"))
    return tuple(found)


def configuration(gateway: GatewaySpec) -> dict[str, object]:
    """Return what the program is told: one module for each thing that can be asked."""
    # Without a model's name the one that is served answers (vLLM 0.32, `_is_model_supported`).
    asked = {"prompt": "1", "max_tokens": TOKENS, "min_tokens": TOKENS, "temperature": 0}
    completion: dict[str, object] = {
        "method": "POST",
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(asked),
        "valid_status_codes": [200],
        "fail_if_body_json_not_matches_cel": f"body.usage.completion_tokens == {TOKENS}",
    }
    # Who signs the certificate is trusted by nobody, but in production.
    trusted = gateway.issuer is Issuer.LETSENCRYPT
    secure: dict[str, object] = {
        "fail_if_not_ssl": True,
        "tls_config": {"insecure_skip_verify": not trusted},
    }
    modules: dict[str, dict[str, object]] = {
        COMPLETION: completion,
        LOCKED: {"valid_status_codes": [401], **secure},
        OPEN: {"valid_status_codes": [200], **secure},
    }
    return {
        "modules": {way.module: _module(modules[way.module]) for way in ways(gateway)},
    }


def _module(http: dict[str, object]) -> dict[str, object]:
    common = {"follow_redirects": False, "preferred_ip_protocol": "ip4"}
    return {"prober": "http", "timeout": f"{ANSWER_SECONDS}s", "http": {**http, **common}}


class Probe(pulumi.ComponentResource):
    """What asks the models of a platform, whichever stack ships them."""

    def __init__(
        self,
        name: str,
        gateway: GatewaySpec,
        *,
        namespace: NamespaceRef,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create it. A cluster gets this once.

        Args:
            name: name of the component.
            gateway: how clients come in.
            namespace: of Prometheus.
            opts: options of the component. It must depend on the kinds, and on the namespaces of
                models and of the gateway.
        """
        super().__init__("tokenworks:observability:Probe", name, None, opts)
        self._name, self._namespace = name, namespace
        self._child = pulumi.ResourceOptions(parent=self)
        needed = self._open_ways(gateway)
        text = json.dumps(configuration(gateway), indent=1, sort_keys=True)
        told = core.ConfigMap(
            f"{name}-config",
            metadata=self._metadata(names.PROBER),
            data={FILE: text},
            opts=self._child,
        )
        self._run(text, [told, *needed])
        for way in ways(gateway):
            custom_objects.create(
                f"{name}-{way.name}",
                (API_VERSION, "ServiceMonitor"),
                label=way.label,
                spec=way.service_monitor(),
                namespace=namespace,
                opts=self._child,
            )
        self.register_outputs({"ways": [way.name for way in ways(gateway)]})

    def _run(self, text: str, needed: Sequence[pulumi.Resource]) -> None:
        core.Service(
            f"{self._name}-service",
            metadata=self._metadata(names.PROBER),
            spec=core.ServiceSpecArgs(
                selector=dict(names.PROBER_PODS),
                ports=[
                    core.ServicePortArgs(
                        name=PORT_OF_PAGE, port=names.PROBER_PORT, target_port=PORT_OF_PAGE
                    )
                ],
            ),
            opts=self._child,
        )
        # It reads its configuration once: another text is another pod.
        checksum = {"tokenworks.dev/configuration": sha256(text.encode()).hexdigest()}
        apps.Deployment(
            f"{self._name}-deployment",
            metadata=self._metadata(names.PROBER),
            spec=apps.DeploymentSpecArgs(
                replicas=1,
                selector=meta.LabelSelectorArgs(match_labels=dict(names.PROBER_PODS)),
                template=core.PodTemplateSpecArgs(
                    metadata=meta.ObjectMetaArgs(
                        labels={**names.PROBER_PODS, **_OURS}, annotations=checksum
                    ),
                    spec=_pod(),
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(needed)),
        )

    def _open_ways(self, gateway: GatewaySpec) -> list[pulumi.Resource]:
        policies, pods = network_policies, network_policies.pods_with(names.PROBER_PODS)
        to = [policies.to_namespace(model_namespace.NAMESPACE, vllm.PORT)]
        if gateway.is_probed:
            # On GKE a public address of the cluster's own leads to the proxies at once.
            proxies = policies.to_namespace(gateway_names.NAMESPACE, PROXY_PORTS[1])
            to += [policies.https(), proxies]
        models = model_namespace.NAMESPACE
        return [
            policies.open_egress(
                f"{self._name}-asks",
                namespace=self._namespace,
                label="probe",
                pods=pods,
                to=to,
                opts=self._child,
            ),
            policies.open_to_namespaces(
                f"{self._name}-asked",
                namespace=NamespaceRef(label=models, name=pulumi.Output.from_input(models)),
                label="probed",
                pods=policies.pods_with(vllm.PODS),
                clients={"kubernetes.io/metadata.name": names.NAMESPACE},
                of_them=pods,
                port=vllm.PORT,
                opts=self._child,
            ),
        ]

    def _metadata(self, label: str) -> meta.ObjectMetaArgs:
        return meta.ObjectMetaArgs(
            name=label, namespace=self._namespace.name, labels={**names.PROBER_PODS, **_OURS}
        )


_OURS = {"app.kubernetes.io/part-of": "tokenworks"}


def _pod() -> core.PodSpecArgs:
    return core.PodSpecArgs(
        automount_service_account_token=False,
        enable_service_links=False,
        security_context=restricted.pod(USER),
        containers=[_container()],
        volumes=[
            core.VolumeArgs(
                name="config", config_map=core.ConfigMapVolumeSourceArgs(name=names.PROBER)
            )
        ],
    )


def _container() -> core.ContainerArgs:
    healthy = core.ProbeArgs(
        http_get=core.HTTPGetActionArgs(path="/-/healthy", port=PORT_OF_PAGE),
        period_seconds=CHECK_PERIOD_SECONDS,
        failure_threshold=CHECK_FAILURES,
    )
    memory = {"memory": f"{SIZE.memory_mib}Mi"}
    return core.ContainerArgs(
        name=names.PROBER,
        image=releases.image(IMAGE).reference,
        args=[f"--config.file={FOLDER}/{FILE}"],
        ports=[core.ContainerPortArgs(name=PORT_OF_PAGE, container_port=names.PROBER_PORT)],
        readiness_probe=healthy,
        liveness_probe=healthy,
        resources=core.ResourceRequirementsArgs(
            requests={"cpu": f"{SIZE.cpu_millicores}m", **memory}, limits=memory
        ),
        security_context=restricted.container(),
        volume_mounts=[core.VolumeMountArgs(name="config", mount_path=FOLDER, read_only=True)],
    )
