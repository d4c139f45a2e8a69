"""What is too wide among grants."""

import pytest

from infra.iam.gcp.audit import Rule, audit
from infra.iam.gcp.bindings import Binding
from infra.iam.gcp.conditions import Condition

ROBOT = "serviceAccount:a@p.iam.gserviceaccount.com"
NODES = "roles/container.defaultNodeServiceAccount"
READ = "roles/storage.objectViewer"
REASONS = {NODES: "what nodes need", READ: "reads weights", "roles/storage.admin": ""}
BUCKET = "projects/_/buckets/b"


def _rules(scope: str, role: str, member: str = ROBOT, condition: str = "") -> list[Rule]:
    held = Condition("it", condition) if condition else None
    binding = Binding(label="it", scope=scope, role=role, member=member, condition=held)
    return [finding.rule for finding in audit([binding], REASONS, {NODES}, {"lists_"})]


@pytest.mark.parametrize(
    ("scope", "role", "member", "found"),
    [
        ("projects/p", NODES, ROBOT, []),
        (BUCKET, READ, ROBOT, []),
        ("projects/p", READ, ROBOT, [Rule.PROJECT]),
        ("projects/p", "roles/editor", ROBOT, [Rule.PRIMITIVE, Rule.PROJECT]),
        (BUCKET, "roles/viewer", ROBOT, [Rule.PRIMITIVE]),
        (BUCKET, "roles/storage.admin", ROBOT, [Rule.REASON]),
        (BUCKET, "roles/compute.admin", ROBOT, [Rule.REASON]),
        (BUCKET, READ, "allUsers", [Rule.EVERYBODY]),
        (BUCKET, READ, "allAuthenticatedUsers", [Rule.EVERYBODY]),
        (BUCKET, READ, "domain:example.com", [Rule.EVERYBODY]),
        ("projects/p", "projects/p/roles/own", ROBOT, [Rule.PROJECT]),
        (BUCKET, "projects/p/roles/own", ROBOT, []),
        ("projects/p", "projects/p/roles/lists_zones_1a2b", ROBOT, []),
        ("projects/p", "projects/lists_/roles/own", ROBOT, [Rule.PROJECT]),
    ],
)
def test_what_is_too_wide_is_seen(scope: str, role: str, member: str, found: list[Rule]) -> None:
    assert _rules(scope, role, member) == found


def test_a_condition_holds_a_role_on_a_project_back() -> None:
    held = 'resource.name == "projects/p/locations/l/clusters/c"'

    assert _rules("projects/p", "projects/p/roles/own", condition=held) == []
