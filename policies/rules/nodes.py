"""Nodes: their metadata service and their disks."""

from collections.abc import Iterator

from policies.rule import Family, Finding, Level, ResourceRule, Subject, Unjudged, Violation
from policies.scene import Scene
from policies.values import MISSING, UNKNOWN

LAUNCH_TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def _imdsv2(subject: Subject, _: Scene) -> Iterator[Finding]:
    tokens = subject.at("metadataOptions.httpTokens")
    if tokens is UNKNOWN:
        yield Unjudged("metadataOptions.httpTokens")
    elif tokens != "required":
        got = "nothing" if tokens is MISSING else repr(tokens)
        yield Violation(
            f"metadataOptions.httpTokens is {got}: any program on the node may take the node's "
            "role through one forged request. Write `required`."
        )


RULES = (
    ResourceRule(
        name="nodes-require-imdsv2",
        family=Family.SECURITY,
        level=Level.MANDATORY,
        why="IMDSv1 gives the node's credentials to any server-side request forgery.",
        types=(LAUNCH_TEMPLATE,),
        check=_imdsv2,
    ),
)
