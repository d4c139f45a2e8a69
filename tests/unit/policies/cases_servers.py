"""Cases of the rules in `policies.rules.servers`."""

from policies.workloads import DEPLOYMENT, GPU
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

PROBE: dict[str, Json] = {"httpGet": {"path": "/health", "port": 8000}}


def server(
    container: dict[str, Json], pod: dict[str, Json] | None = None, **spec: Json
) -> tuple[Thing, ...]:
    """Return a Deployment of one container that holds a GPU."""
    limits: dict[str, Json] = {GPU: "1"}
    full: dict[str, Json] = {"resources": {"limits": limits}, **container}
    template: Json = {"spec": {**(pod or {}), "containers": [full]}}
    return one(DEPLOYMENT, spec={"template": template, **spec})


def _probe_cases(rule: str, probe: str) -> Cases:
    return Cases(
        rule=rule,
        compliant=server({probe: PROBE}),
        violating=server({probe: {}}),
        missing=server({}),
        missing_is=Verdict.VIOLATION,
        unknown=server({probe: UNKNOWN}),
        odd=server({probe: "yes"}),
    )


def _starting(failures: Json) -> dict[str, Json]:
    return {"startupProbe": {**PROBE, "periodSeconds": 10, "failureThreshold": failures}}


def _ending(drain: str) -> dict[str, Json]:
    return {
        "args": ["serve", f"--shutdown-timeout={drain}"],
        "lifecycle": {"preStop": {"sleep": {"seconds": 15}}},
    }


def _on_l40s(grace: Json) -> tuple[Thing, ...]:
    pod: dict[str, Json] = {"nodeSelector": {"tokenworks.dev/pool": "l40s"}}
    return server({}, {**pod, "terminationGracePeriodSeconds": grace})


CASES = (
    _probe_cases("servers-have-readiness-probes", "readinessProbe"),
    _probe_cases("servers-have-liveness-probes", "livenessProbe"),
    _probe_cases("gpu-servers-have-startup-probes", "startupProbe"),
    Cases(
        rule="cold-starts-fit-the-deadline",
        compliant=server(_starting(180), progressDeadlineSeconds=1800),
        violating=server(_starting(181), progressDeadlineSeconds=1800),
        missing=server(_starting(61)),  # 610 s, and Kubernetes gives 600
        missing_is=Verdict.VIOLATION,
        unknown=server(_starting(UNKNOWN), progressDeadlineSeconds=1800),
        odd=server(_starting("many"), progressDeadlineSeconds=1800),
    ),
    Cases(
        rule="drains-fit-the-grace-period",
        compliant=server(_ending("60"), {"terminationGracePeriodSeconds": 76}),
        violating=server(_ending("60"), {"terminationGracePeriodSeconds": 75}),
        missing=server(_ending("15")),  # Kubernetes gives 30
        missing_is=Verdict.VIOLATION,
        unknown=server(_ending("60"), {"terminationGracePeriodSeconds": UNKNOWN}),
        odd=server(_ending("60"), {"terminationGracePeriodSeconds": ["long"]}),
    ),
    Cases(
        rule="gpu-servers-wait-for-endpoints",
        compliant=server({"lifecycle": {"preStop": {"sleep": {"seconds": 15}}}}),
        violating=server({"lifecycle": {"preStop": {}}}),
        missing=server({}),
        missing_is=Verdict.VIOLATION,
        unknown=server({"lifecycle": {"preStop": UNKNOWN}}),
        odd=server({"lifecycle": {"preStop": 15}}),
    ),
    Cases(
        rule="drains-fit-a-reclaim",
        compliant=_on_l40s(120),
        violating=_on_l40s(121),
        missing=server({}, {"nodeSelector": {"tokenworks.dev/pool": "l40s"}}),  # then it is 30
        missing_is=Verdict.FINE,
        unknown=_on_l40s(UNKNOWN),
        odd=_on_l40s("long"),
    ),
)
