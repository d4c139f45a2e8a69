"""What happens to a resource: each kind of change, by the smallest graphs that show it."""

from typing import TYPE_CHECKING

import pytest

from infra.graph.model import Resource, child_urn
from infra.graph.values import SECRET_TEXT
from infra.review.changes import NO_SOURCE, Action, changes
from tests.support.review import PARENT, PROJECT, STACK, graph, only_change, resource, secret

if TYPE_CHECKING:
    from infra.wire import Properties

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
BUCKET = "aws:s3/bucket:Bucket"
TAG = "aws:autoscaling/tag:Tag"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
PRIORITY = "kubernetes:scheduling.k8s.io/v1:PriorityClass"
POOL = child_urn(STACK, PROJECT, None, "tokenworks:aws:GpuNodePool", "l4")


def group(maximum: int = 2, *, machine: str = "g6.xlarge", **options: object) -> Resource:
    inputs: Properties = {
        "instanceTypes": [machine],
        "scalingConfig": {"minSize": 0, "maxSize": maximum},
    }
    return resource(NODE_GROUP, "l4-spot", inputs, parent=POOL, **options)


def test_the_same_graph_changes_nothing() -> None:
    assert changes(graph(group()), graph(group())) == ()


def test_what_only_the_head_has_is_created() -> None:
    assert only_change(None, group()).action is Action.CREATE


def test_what_only_the_base_has_is_deleted() -> None:
    assert only_change(group(), None).action is Action.DELETE


def test_a_property_that_changes_in_place_is_an_update() -> None:
    found = only_change(group(2), group(8))

    assert found.action is Action.UPDATE
    assert [(one.path, one.before, one.after) for one in found.properties] == [
        ("scalingConfig.maxSize", "2", "8")
    ]
    assert not found.is_grave


def test_a_property_that_cannot_change_in_place_replaces_and_stands_above_the_fold() -> None:
    found = only_change(group(machine="g6.xlarge"), group(machine="g6.2xlarge"))

    assert found.action is Action.REPLACE
    assert found.reasons == ("`instanceTypes` cannot change in place",)
    assert found.gpu
    assert found.is_grave


def test_a_type_without_a_source_may_replace() -> None:
    base, head = (resource("aws:rds/cluster:Cluster", "db", {"size": size}) for size in (1, 2))

    found = only_change(base, head)

    assert (found.action, found.reasons) == (Action.MAY_REPLACE, (NO_SOURCE,))


def test_a_property_newer_than_its_source_may_replace() -> None:
    base, head = (group(), group())
    head = resource(NODE_GROUP, "l4-spot", {**base.inputs, "fromTheFuture": 1}, parent=POOL)

    assert only_change(base, head).action is Action.MAY_REPLACE


def test_an_update_that_the_api_server_refuses_is_named() -> None:
    base, head = (
        resource(
            PRIORITY,
            "floor",
            {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "value": value},
        )
        for value in (1, 2)
    )

    found = only_change(base, head)

    assert found.action is Action.REFUSED
    assert found.is_grave


@pytest.mark.parametrize(
    ("options", "action"),
    [
        (("scalingConfig.maxSize",), Action.REPLACE),
        (("*",), Action.REPLACE),
        (("labels",), Action.UPDATE),
    ],
)
def test_the_program_may_ask_for_a_replacement(options: tuple[str, ...], action: Action) -> None:
    assert only_change(group(2), group(8, replace_on_changes=options)).action is action


def test_what_the_program_ignores_is_no_change() -> None:
    head = group(8, ignore_changes=("scalingConfig",))

    assert changes(graph(group(2)), graph(head)) == ()


def test_an_alias_keeps_the_resource() -> None:
    base = resource(BUCKET, "old", {"bucket": "b"})
    head = resource(BUCKET, "new", {"bucket": "b"}, aliases=("name=old",))

    found = only_change(base, head)

    assert found.action is Action.STATE
    assert found.notes == ("known before as Bucket old",)


def test_without_an_alias_a_new_name_is_a_new_resource() -> None:
    base, head = resource(BUCKET, "old"), resource(BUCKET, "new")

    found = changes(graph(base), graph(head))

    assert {one.action for one in found} == {Action.CREATE, Action.DELETE}


def test_an_alias_of_a_component_keeps_its_children() -> None:
    old = child_urn(STACK, PROJECT, None, "tokenworks:aws:Cluster", "old")
    component = resource("tokenworks:aws:Cluster", "it", custom=False, parent=None)
    component_before = resource("tokenworks:aws:Cluster", "old", custom=False, parent=None)
    base = graph(component_before, resource(BUCKET, "old-data", {"bucket": "b"}, parent=old))
    aliased = resource(
        "tokenworks:aws:Cluster", "it", custom=False, parent=None, aliases=("name=old",)
    )
    child = resource(BUCKET, "it-data", {"bucket": "b"}, parent=PARENT)

    assert [one.action for one in changes(base, graph(aliased, child))] == [Action.STATE]
    assert {one.action for one in changes(base, graph(component, child))} == {
        Action.CREATE,
        Action.DELETE,
    }


def test_a_protected_resource_says_that_the_engine_refuses() -> None:
    found = only_change(resource(BUCKET, "data", protect=True), None)

    assert found.is_grave
    assert found.notes == ("protected: the engine refuses until protection is off",)


def test_taking_protection_away_is_said() -> None:
    base, head = resource(BUCKET, "data", protect=True), resource(BUCKET, "data")

    found = only_change(base, head)

    assert (found.action, found.notes) == (Action.STATE, ("protection is taken away",))


def test_a_replacement_takes_along_what_cannot_do_without() -> None:
    def tag(value: str) -> Resource:
        return resource(
            TAG,
            "tag",
            {"autoscalingGroupName": "${l4-spot.resources[0].name}", "tag": {"value": value}},
            property_dependencies={"autoscalingGroupName": (group().urn,)},
        )

    base = graph(group(machine="g6.xlarge"), tag("same"))
    head = graph(group(machine="g6.2xlarge"), tag("same"))

    found = {one.resource.name: one for one in changes(base, head)}

    assert found["tag"].action is Action.REPLACE
    assert "follows NodeGroup l4-spot, which is replaced" in found["tag"].reasons[0]


def test_a_replacement_leaves_what_only_reads_a_name_that_stays() -> None:
    reader = resource(
        TAG,
        "tag",
        {"autoscalingGroupName": "said-by-the-program"},
        property_dependencies={"autoscalingGroupName": (group().urn,)},
    )
    base = graph(group(machine="g6.xlarge"), reader)
    head = graph(group(machine="g6.2xlarge"), reader)

    assert [one.resource.name for one in changes(base, head)] == ["l4-spot"]


def test_a_replaced_provider_replaces_what_it_manages() -> None:
    def provider(cluster: str) -> Resource:
        return resource("pulumi:providers:kubernetes", "k8s", {"clusterIdentifier": cluster})

    managed = resource(
        DEPLOYMENT,
        "web",
        {"apiVersion": "apps/v1", "kind": "Deployment"},
        provider=provider("").urn,
    )

    found = changes(graph(provider("a"), managed), graph(provider("b"), managed))

    assert {one.action for one in found} == {Action.REPLACE}
    assert len(found) == 2


def test_json_in_a_string_is_compared_as_what_it_says() -> None:
    base, head = (
        resource("aws:iam/rolePolicy:RolePolicy", "p", {"policy": text})
        for text in ('{"Statement":[{"Action":"s3:Get*"}]}', '{"Statement":[{"Action":"s3:*"}]}')
    )

    found = only_change(base, head)

    assert [one.path for one in found.properties] == ["policy.Statement[0].Action"]
    assert found.action is Action.UPDATE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (secret("one-marker"), secret("two-marker")),
        ("one-marker", secret("two-marker")),
        (secret("one-marker"), "two-marker"),
        ("one-marker", secret({"deep": "two-marker"})),
    ],
)
def test_a_secret_on_either_side_is_shown_on_neither(before: object, after: object) -> None:
    base, head = (
        resource(BUCKET, "b", {"tags": {"x": value}})  # ty: ignore[invalid-argument-type]
        for value in (before, after)
    )

    found = only_change(base, head)

    assert "marker" not in str(found.properties)
    assert SECRET_TEXT in str(found.properties)


def test_an_update_of_a_node_group_that_rolls_its_nodes_says_so() -> None:
    base, head = (resource(NODE_GROUP, "n", {"version": text}) for text in ("1.35", "1.36"))

    assert only_change(base, head).notes == ("every node is replaced, some at a time",)
    assert only_change(base, head).turns_over


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("aws:eks/cluster:Cluster", "version"),
        ("gcp:container/cluster:Cluster", "minMasterVersion"),
    ],
)
def test_an_update_that_puts_another_kubernetes_on_the_control_plane_says_so(
    kind: str, key: str
) -> None:
    base, head = (resource(kind, "c", {key: text}) for text in ("1.35", "1.36"))

    assert only_change(base, head).notes == ("its control plane goes from 1.35 to 1.36",)
    assert only_change(base, head).turns_over


def test_an_update_of_nothing_but_a_label_turns_nothing_over() -> None:
    base, head = (resource(NODE_GROUP, "n", {"tags": {"a": text}}) for text in ("1", "2"))

    assert not only_change(base, head).turns_over
