"""Whatever is written, the answer is a spec or a complete report, never a crash."""

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.spec.explain import explain
from infra.spec.mistakes import SpecError
from infra.spec.stack import StackSpec
from tests.unit.spec.stacks import GOOD, a_stack, loaded

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-3, max_value=2**33),
    st.floats(),
    st.text(max_size=12),
    st.dates(),
    st.sampled_from(["l4", "L4", "g6.xlarge", "g7.2xlarge", "vllm", "aws-prod", "10.0.0.0/16"]),
)
NAMES = st.sampled_from(
    [
        *GOOD,
        "cluster",
        "layers",
        "extends",
        "gateway",
        "name",
        "gpu",
        "spot",
        "min",
        "max",
        "secure",
    ]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the path of every value inside a value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def put(target: object, path: tuple[str | int, ...], value: object) -> None:
    """Put a value at a path."""
    for key in path[:-1]:
        target = target[key]  # ty: ignore[not-subscriptable] - paths come from `places`
    target[path[-1]] = value  # ty: ignore[invalid-assignment] - as above


FULL = {
    **deepcopy(dict(GOOD)),
    "gateway": {"domain": "llm.example.com", "sharedHost": True, "tokensPerMinute": 5000},
    "tenants": [
        {"name": "search", "models": ["qwen2.5-7b"], "namespace": {"cpu": 2}},
        {"name": "support", "requestsPerMinute": 60, "tokensPerMinute": 900},
    ],
    "layers": ["foundation", "platform", "models"],
    "network": {
        "vpcId": "vpc-0123456789abcdef0",
        "privateSubnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    },
    "cluster": {
        "kubernetesVersion": "1.35",
        "endpointAccess": ["203.0.113.0/24"],
        "admins": ["arn:aws:iam::111122223333:role/admin"],
        "systemNodes": {"machineType": "m7i.large", "min": 1, "max": 2},
    },
}
FULL_GCP = {
    **deepcopy(FULL),
    "cloud": {"provider": "gcp", "project": "example-llm-dev", "region": "us-central1"},
    "network": {"podCidr": "100.64.0.0/16", "serviceCidr": "100.65.0.0/20"},
    "cluster": {
        "kubernetesVersion": "1.35",
        "endpointAccess": ["203.0.113.0/24"],
        "admins": ["user:ops@example.com"],
        "modelDeployers": ["serviceAccount:ci@p.iam.gserviceaccount.com"],
        "systemNodes": {"machineType": "e2-standard-4", "min": 1, "max": 2},
    },
    "gpuPools": [
        {"name": "l4", "gpu": "L4", "spot": {"max": 2}, "flexStart": {"max": 1}},
        {
            "name": "h100",
            "gpu": "H100",
            "gpusPerNode": 8,
            "onDemand": {"max": 1},
            "reservation": {"id": "h", "kind": "capacity-reservation", "zone": "us-central1-a"},
        },
    ],
}
"""A good stack of each cloud with most settings in it."""
SPOILED = st.sampled_from([FULL, FULL_GCP]).flatmap(
    lambda full: st.tuples(
        st.just(full),
        st.lists(
            st.tuples(st.sampled_from([place for place in places(full) if place]), VALUES),
            min_size=1,
            max_size=4,
        ),
    )
)


@settings(max_examples=4 * settings().max_examples)
@given(drawn=SPOILED)
def test_any_value_anywhere_gives_a_spec_or_a_complete_report(
    drawn: tuple[dict[str, object], list[tuple[tuple[str | int, ...], object]]],
) -> None:
    full, spoiled = drawn
    sections = deepcopy(full)
    for place, value in sorted(spoiled, key=lambda one: -len(one[0])):
        put(sections, place, value)

    try:
        spec = loaded({f"tokenworks:{key}": value for key, value in sections.items()})
    except SpecError as error:
        for one in error.mistakes:
            assert all((one.setting, one.problem, one.got, one.allowed, one.next_step)), one
    else:
        assert isinstance(spec, StackSpec)


@given(
    zones=st.integers(min_value=2, max_value=3),
    environment=st.sampled_from(["dev", "staging", "prod"]),
    written=st.booleans(),
)
def test_every_effective_setting_has_an_origin(
    zones: int, environment: str, *, written: bool
) -> None:
    cloud = {"provider": "aws", "region": "us-east-1", **({"zones": zones} if written else {})}
    config = a_stack(environment=environment, cloud=cloud)

    explained = explain("aws-dev", config, {}.__getitem__)

    origins = {one.setting: one.origin for one in explained}
    assert all(origins.values())
    assert origins["cloud.zones"] == (
        "configuration of aws-dev" if written else f"default ({environment})"
    )
