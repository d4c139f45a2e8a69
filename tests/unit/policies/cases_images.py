"""Cases of the rules in `policies.rules.images`."""

from policies.pod_specs import DEPLOYMENT
from policies.rules.images import RELEASE
from tests.unit.policies.cases import UNKNOWN, Cases, Json, Thing, Verdict, one

DIGEST = f"sha256:{'0' * 64}"
VLLM = "docker.io/vllm/vllm-openai"


def _pod(image: Json) -> tuple[Thing, ...]:
    spec: Json = {"containers": [{"name": "server", "image": image}]}
    return one(DEPLOYMENT, spec={"template": {"spec": spec}})


def _chart(**image: Json) -> tuple[Thing, ...]:
    return one(RELEASE, values={"server": {"image": image}, "replicas": 2})


CASES = (
    Cases(
        rule="images-name-a-version",
        compliant=(
            *_pod(f"{VLLM}:v0.32.0"),
            *_pod(f"localhost:5000/vllm@{DIGEST}"),
            *_chart(repository=VLLM, tag="v0.32.0"),
            *_chart(repository=VLLM),
        ),
        violating=_chart(registry="docker.io", repository="vllm/vllm-openai", tag="latest"),
        missing=_pod("localhost:5000/vllm"),
        missing_is=Verdict.VIOLATION,
        unknown=_chart(repository=VLLM, tag=UNKNOWN),
        odd=_pod(["vllm"]),
    ),
    Cases(
        rule="images-come-from-living-homes",
        compliant=(*_pod("registry.k8s.io/pause:3.10"), *_pod("docker.io/bitnamix/redis:8")),
        violating=_pod("bitnami/redis:8.0.3"),
        missing=_chart(repository="k8s.gcr.io/pause"),
        missing_is=Verdict.VIOLATION,
        unknown=_pod(UNKNOWN),
        odd=_pod({"repository": "bitnami/redis"}),
        odd_is=Verdict.FINE,
    ),
    Cases(
        rule="images-have-a-digest",
        compliant=(
            *_pod(f"{VLLM}:v0.32.0@{DIGEST}"),
            *_chart(repository=VLLM, tag=f"v0.32.0@{DIGEST}"),
            *_chart(repository=VLLM, tag="v0.32.0", digest=DIGEST),
        ),
        violating=_pod(f"{VLLM}:v0.32.0"),
        missing=_chart(repository=VLLM),
        missing_is=Verdict.VIOLATION,
        unknown=one(RELEASE, values=UNKNOWN),
        odd=_pod(5),
    ),
    Cases(
        rule="images-will-need-a-digest",
        compliant=_pod(f"{VLLM}:v0.32.0@{DIGEST}"),
        violating=_pod(f"{VLLM}:v0.32.0"),
        missing=_chart(repository=VLLM),
        missing_is=Verdict.VIOLATION,
        unknown=_pod(UNKNOWN),
        odd=_pod(5),
        allows_unresolved=True,
    ),
)
