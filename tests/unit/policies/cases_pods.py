"""Cases of the rules in `policies.rules.pods`."""

from collections.abc import Mapping

from policies.pod_specs import DEPLOYMENT
from policies.rules.pods import CONFIG_MAP, NAMESPACE
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

JOB = "kubernetes:batch/v1:CronJob"
ENFORCE = "pod-security.kubernetes.io/enforce"


def _pod(pod: Mapping[str, Json] | None = None, /, **container: Json) -> tuple[Thing, ...]:
    """Return a Deployment of one container."""
    spec: Json = {**(pod or {}), "containers": [{"name": "server", **container}]}
    return one(DEPLOYMENT, spec={"template": {"spec": spec}})


def _cron(**container: Json) -> tuple[Thing, ...]:
    """Return a CronJob whose first container is not the one that matters."""
    pod: Json = {"initContainers": [{"name": "load", **container}], "containers": []}
    return one(JOB, spec={"jobTemplate": {"spec": {"template": {"spec": pod}}}})


def _context(**settings: Json) -> Mapping[str, Json]:
    return {"securityContext": settings}


def _variable(**variable: Json) -> tuple[Thing, ...]:
    return _pod(env=[variable])


CASES = (
    Cases(
        rule="namespaces-enforce-pod-security",
        compliant=one(NAMESPACE, metadata={"labels": {ENFORCE: "restricted"}}),
        violating=one(NAMESPACE, metadata={"labels": {ENFORCE: "privileged"}}),
        missing=one(NAMESPACE, metadata={"name": "models"}),
        missing_is=Verdict.VIOLATION,
        unknown=one(NAMESPACE, metadata={"labels": UNKNOWN}),
        odd=one(NAMESPACE, metadata={"labels": [ENFORCE]}),
    ),
    Cases(
        rule="pods-do-not-run-as-root",
        compliant=(
            *_pod(_context(runAsNonRoot=True)),
            *_cron(**_context(runAsNonRoot=True, runAsUser=1000)),
        ),
        violating=_pod(_context(runAsNonRoot=True), **_context(runAsUser=0)),
        missing=_cron(),
        missing_is=Verdict.VIOLATION,
        unknown=_pod(_context(runAsNonRoot=UNKNOWN)),
        odd=_pod({"securityContext": ["runAsNonRoot"]}),
    ),
    Cases(
        rule="pods-gain-no-privileges",
        compliant=_pod(**_context(allowPrivilegeEscalation=False)),
        violating=_pod(**_context(allowPrivilegeEscalation=True)),
        missing=_pod(),
        missing_is=Verdict.VIOLATION,
        unknown=_pod(**_context(allowPrivilegeEscalation=UNKNOWN)),
        odd=_pod(**_context(allowPrivilegeEscalation="never")),
    ),
    Cases(
        rule="pods-drop-all-capabilities",
        compliant=_pod(**_context(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]})),
        violating=_pod(**_context(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]})),
        missing=_pod(),
        missing_is=Verdict.VIOLATION,
        unknown=_pod(**_context(capabilities={"drop": UNKNOWN})),
        odd=_pod(**_context(capabilities={"drop": "ALL"})),
    ),
    Cases(
        rule="pods-have-a-seccomp-profile",
        compliant=_pod(_context(seccompProfile={"type": "RuntimeDefault"})),
        violating=_pod(
            _context(seccompProfile={"type": "RuntimeDefault"}),
            **_context(seccompProfile={"type": "Unconfined"}),
        ),
        missing=_pod(),
        missing_is=Verdict.VIOLATION,
        unknown=_pod(_context(seccompProfile=UNKNOWN)),
        odd=_pod(_context(seccompProfile="RuntimeDefault")),
    ),
    Cases(
        rule="pods-keep-off-the-host",
        compliant=_pod({"volumes": [{"name": "tmp", "emptyDir": {}}]}, ports=[{"hostPort": 0}]),
        violating=_pod({"volumes": [{"name": "root", "hostPath": {"path": "/"}}]}),
        missing=_pod(),
        missing_is=Verdict.FINE,
        unknown=_pod(**_context(privileged=UNKNOWN)),
        odd=_pod({"hostNetwork": "perhaps"}),
    ),
    Cases(
        rule="pods-hold-no-token",
        compliant=_pod({"automountServiceAccountToken": False}),
        violating=_pod({"automountServiceAccountToken": True}),
        missing=_pod(),
        missing_is=Verdict.VIOLATION,
        unknown=_pod({"automountServiceAccountToken": UNKNOWN}),
        odd=_pod({"automountServiceAccountToken": []}),
    ),
    Cases(
        rule="variables-hold-no-secrets",
        compliant=(
            *_variable(name="HF_TOKEN", valueFrom={"secretKeyRef": {"name": "hub"}}),
            *_variable(name="GOOGLE_APPLICATION_CREDENTIALS", value="/var/run/key.json"),
            *_variable(name="MAX_TOKENS", value="512"),
        ),
        violating=_variable(name="HF_TOKEN", value="not shown"),
        missing=_variable(name="HF_TOKEN"),
        missing_is=Verdict.FINE,
        unknown=_variable(name="HF_TOKEN", value=UNKNOWN),
        odd=_variable(name="HF_TOKEN", value=5),
    ),
    Cases(
        rule="config-maps-hold-no-secrets",
        compliant=one(CONFIG_MAP, data={"start.py": "print('token')", "password": ""}),
        violating=one(CONFIG_MAP, data={"values.ini": "key = AKIA" + "A1B2C3D4" * 2}),
        missing=one(CONFIG_MAP),
        missing_is=Verdict.FINE,
        unknown=one(CONFIG_MAP, data=UNKNOWN),
        odd=one(CONFIG_MAP, data={"db-password": ["x"]}),
    ),
)
