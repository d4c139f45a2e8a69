"""Cases of the rules in `policies.rules.nodes`."""

from policies.rules.nodes import LAUNCH_TEMPLATE
from tests.unit.policies.cases import UNKNOWN, Cases, Verdict, one

CASES = (
    Cases(
        rule="nodes-require-imdsv2",
        compliant=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": "required"}),
        violating=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": "optional"}),
        missing=one(LAUNCH_TEMPLATE),
        missing_is=Verdict.VIOLATION,
        unknown=one(LAUNCH_TEMPLATE, metadataOptions={"httpTokens": UNKNOWN}),
        odd=one(LAUNCH_TEMPLATE, metadataOptions=["required"]),
    ),
)
