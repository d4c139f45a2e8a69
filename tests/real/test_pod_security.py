"""Pod Security as the API server enforces it: what our stacks run passes, what is worse does not.

Namespaces carry the labels that our components give them. Deployments are never refused by it,
only their pods, so pods are what is asked about here. The API server keeps none of them.
"""

import copy
from collections.abc import Callable, Iterator

import pytest

from infra.rehearsal.charts.objects import part
from infra.rehearsal.kubernetes.client import ApiClient
from infra.rehearsal.ladder import Programs
from infra.wire import Properties
from tests.support.exceptions import NODE_LEVEL, NOT_RESTRICTED
from tests.support.manifests import Manifest, Pod, manifests_of, maps, pods_of
from tests.support.namespace_rules import LEVELS, POD_SECURITY
from tests.support.planes import own_plane, refusal
from tests.support.pod_rules import is_model_server
from tests.support.stacks import STACKS

pytestmark = pytest.mark.real

NEEDED_BY_PODS = ("Namespace", "ServiceAccount", "PriorityClass")
"""Without them the API server refuses a pod for another reason."""
REFUSED = "violates PodSecurity"
TRIAL = "trial-{}"
"""A namespace at each level, for pods that ask what would happen there."""

ALL_PODS = {f"{stack} {pod.owner.title}": pod for stack in STACKS for pod in pods_of(stack)}
EXCEPTIONS = [title for title, pod in ALL_PODS.items() if pod.owner.title in NODE_LEVEL]
MODEL_SERVERS = {title: pod for title, pod in ALL_PODS.items() if is_model_server(pod)}

Change = Callable[[Properties, Properties], object]
"""Makes a pod worse: its specification, and the security context of its first container."""
WORSE: list[tuple[str, Change, str]] = [
    ("as root", lambda pod, _: part(pod, "securityContext").update(runAsUser=0), "runAsUser=0"),
    (
        "perhaps as root",
        lambda pod, _: part(pod, "securityContext").update(runAsNonRoot=False),
        "runAsNonRoot != true",
    ),
    (
        "with privilege escalation",
        lambda _, container: container.update(allowPrivilegeEscalation=True),
        "allowPrivilegeEscalation != false",
    ),
    (
        "with capabilities",
        lambda _, container: container.pop("capabilities"),
        'must set securityContext.capabilities.drop=["ALL"]',
    ),
    (
        "without seccomp",
        lambda pod, _: part(pod, "securityContext").pop("seccompProfile"),
        "seccompProfile",
    ),
    (
        "privileged",
        lambda _, container: container.update(privileged=True, allowPrivilegeEscalation=True),
        "privileged",
    ),
    (
        "with files of the node",
        lambda pod, _: pod.update(
            volumes=[
                {"name": volume["name"], "hostPath": {"path": "/"}}
                for volume in maps(pod["volumes"])
            ]
        ),
        "hostPath",
    ),
    ("in the node's network", lambda pod, _: pod.update(hostNetwork=True), "hostNetwork=true"),
]


@pytest.fixture(scope="module")
def api(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiClient]:
    """An API server with the namespaces of our stacks, and one at each level for trials."""
    with own_plane(programs, tmp_path_factory.mktemp("pod-security")) as client:
        for kind in NEEDED_BY_PODS:
            for item in _unique(kind):
                client.apply(item.body, "test")
        for level in LEVELS:
            labels = {f"{POD_SECURITY}/enforce": level, f"{POD_SECURITY}/enforce-version": "v1.35"}
            metadata: Properties = {"name": TRIAL.format(level), "labels": {**labels}}
            client.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}, "test")
            for account in _accounts():
                client.apply(_account(account, TRIAL.format(level)), "test")
        yield client


def _unique(kind: str) -> list[Manifest]:
    found = [item for stack in STACKS for item in manifests_of(stack) if item.kind == kind]
    return list({item.title: item for item in found}.values())


def _accounts() -> set[str]:
    return {str(pod.spec.get("serviceAccountName") or "default") for pod in ALL_PODS.values()}


def _account(name: str, namespace: str) -> Properties:
    metadata: Properties = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata}


def _body(pod: Pod, namespace: str) -> Properties:
    """Return one pod of a template."""
    metadata: Properties = {"name": "it", "namespace": namespace, "labels": pod.labels}
    spec = copy.deepcopy(pod.spec)
    if pod.owner.kind == "DaemonSet":
        spec.pop("restartPolicy", None)
    spec["volumes"] = [*maps(spec.get("volumes")), *map(_claimed, _claims(pod.owner))]
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _claims(owner: Manifest) -> list[str]:
    """Return the names of the disks that a StatefulSet adds to its pods."""
    templates = maps(part(owner.body, "spec").get("volumeClaimTemplates"))
    return [str(part(template, "metadata")["name"]) for template in templates]


def _claimed(name: str) -> Properties:
    return {"name": name, "persistentVolumeClaim": {"claimName": f"{name}-it"}}


def _said(api: ApiClient, pod: Pod, namespace: str) -> str:
    return refusal(api, _body(pod, namespace))


def test_some_stack_serves_models() -> None:
    """What follows would pass without any server."""
    assert MODEL_SERVERS


@pytest.mark.parametrize("title", ALL_PODS)
def test_every_pod_is_admitted_where_it_runs(api: ApiClient, title: str) -> None:
    pod = ALL_PODS[title]

    assert _said(api, pod, pod.owner.namespace) == ""


@pytest.mark.parametrize("title", MODEL_SERVERS)
def test_model_servers_run_where_the_strictest_level_is_enforced(
    api: ApiClient, title: str
) -> None:
    namespace = api.get("v1", "Namespace", MODEL_SERVERS[title].owner.namespace)

    assert namespace["metadata"]["labels"][f"{POD_SECURITY}/enforce"] == "restricted"


@pytest.mark.parametrize("title", MODEL_SERVERS)
@pytest.mark.parametrize(("how", "change", "reason"), WORSE, ids=[how for how, *_ in WORSE])
def test_a_model_server_that_asks_for_more_is_refused(
    api: ApiClient, title: str, how: str, change: Change, reason: str
) -> None:
    pod = MODEL_SERVERS[title]
    body = _body(pod, pod.owner.namespace)
    change(part(body, "spec"), part(maps(part(body, "spec")["containers"])[0], "securityContext"))

    said = refusal(api, body)

    assert f'{REFUSED} "restricted:' in said, how
    assert reason in said


@pytest.mark.parametrize("title", EXCEPTIONS)
def test_every_exception_is_needed_for_its_pod_is_refused_without_it(
    api: ApiClient, title: str
) -> None:
    for level in ("baseline", "restricted"):
        assert f'{REFUSED} "{level}:' in _said(api, ALL_PODS[title], TRIAL.format(level))


def test_every_namespace_that_is_not_restricted_has_a_pod_that_needs_it() -> None:
    assert {ALL_PODS[title].owner.namespace for title in EXCEPTIONS} == NOT_RESTRICTED.keys()


@pytest.mark.parametrize("title", [title for title in ALL_PODS if title not in EXCEPTIONS])
def test_no_other_pod_would_be_refused_at_the_strictest_level(api: ApiClient, title: str) -> None:
    """Wherever it runs: those in `kube-system` too, where nothing is enforced."""
    assert _said(api, ALL_PODS[title], TRIAL.format("restricted")) == ""
