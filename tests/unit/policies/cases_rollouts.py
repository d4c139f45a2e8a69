"""Cases of the rules in `policies.rules.rollouts`."""

from policies.rules.rollouts import BUDGET, ZONE
from policies.workloads import DEPLOYMENT, GPU
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

LABELS: dict[str, Json] = {"tokenworks.dev/model": "m"}


def servers(*, replicas: Json = 2, pool: str = "l4", **spec: Json) -> Thing:
    """Return a Deployment of servers with one GPU each."""
    limits: dict[str, Json] = {GPU: 1}
    template: Json = {
        "metadata": {"labels": LABELS},
        "spec": {
            "nodeSelector": {"tokenworks.dev/pool": pool},
            "containers": [{"resources": {"limits": limits}}],
        },
    }
    properties: dict[str, Json] = {"replicas": replicas, "template": template, **spec}
    return Thing(type=DEPLOYMENT, properties={"spec": properties}, name="servers")


def _surging(surge: Json, replicas: Json = 100) -> tuple[Thing, ...]:
    """Servers that fill any pool."""
    strategy: Json = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": surge}}
    return (servers(replicas=replicas, strategy=strategy),)


def _budget(selected: Json = None, **spec: Json) -> Thing:
    selector: Json = {"matchLabels": LABELS if selected is None else selected}
    return Thing(type=BUDGET, properties={"spec": {"selector": selector, **spec}}, name="budget")


def _spread(constraints: Json) -> tuple[Thing, ...]:
    limits: dict[str, Json] = {GPU: 1}
    pod: dict[str, Json] = {"containers": [{"resources": {"limits": limits}}]}
    pod["topologySpreadConstraints"] = constraints
    return one(DEPLOYMENT, spec={"template": {"spec": pod}})


CASES = (
    Cases(
        rule="gpu-surge-has-a-spare-gpu",
        compliant=_surging(0),
        violating=_surging(1),
        missing=(servers(replicas=100),),  # Kubernetes starts one in four first
        missing_is=Verdict.VIOLATION,
        unknown=_surging(UNKNOWN),
        odd=_surging(["one"]),
        stack="gcp-prod",
    ),
    Cases(
        rule="gpu-servers-have-disruption-budgets",
        compliant=(servers(), _budget()),
        violating=(servers(), _budget({"tokenworks.dev/model": "another"})),
        missing=(servers(),),
        missing_is=Verdict.VIOLATION,
        unknown=(servers(), _budget({"tokenworks.dev/model": UNKNOWN})),
        odd=(servers(), _budget("m")),
    ),
    Cases(
        rule="disruption-budgets-let-nodes-go",
        compliant=(servers(), _budget(maxUnavailable=1)),
        violating=(servers(), _budget(minAvailable=2)),
        missing=(servers(replicas=1), _budget()),
        missing_is=Verdict.VIOLATION,
        unknown=(servers(), _budget(maxUnavailable=UNKNOWN)),
        odd=(servers(), _budget(maxUnavailable="some")),
    ),
    Cases(
        rule="disruption-budgets-ignore-broken-pods",
        compliant=(_budget(unhealthyPodEvictionPolicy="AlwaysAllow"),),
        violating=(_budget(unhealthyPodEvictionPolicy="IfHealthyBudget"),),
        missing=(_budget(),),
        missing_is=Verdict.VIOLATION,
        unknown=(_budget(unhealthyPodEvictionPolicy=UNKNOWN),),
        odd=(_budget(unhealthyPodEvictionPolicy=True),),
    ),
    Cases(
        rule="gpu-servers-spread-over-zones",
        compliant=_spread([{"topologyKey": ZONE}]),
        violating=_spread([{"topologyKey": "kubernetes.io/hostname"}]),
        missing=_spread(None),
        missing_is=Verdict.VIOLATION,
        unknown=_spread([{"topologyKey": UNKNOWN}]),
        odd=_spread(ZONE),
    ),
)
