"""How budgets and what watches for unusual days are found."""

from collections.abc import Mapping, Sequence
from functools import partial

from infra.aws_api import AwsApi, listed
from infra.recovery.aws.tags import wears
from infra.recovery.candidates import BY_NAME, Candidate, Finder, called
from infra.replies import dig, text
from infra.wire import Properties


def _budgets(api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    account = text(api.call("sts", "GetCallerIdentity"), "Account")
    found = []
    for item in listed(api, "budgets", "DescribeBudgets", "Budgets", AccountId=account):
        if called(name := item.get("BudgetName"), text(inputs, "name")):
            arn = f"arn:aws:budgets::{account}:budget/{name}"
            reply = api.call("budgets", "ListTagsForResource", ResourceARN=arn)
            ours = wears(dig(reply, "ResourceTags"), inputs)
            found.append(Candidate(f"{account}:{name}", ours=ours, as_made={"name": name}))
    return found


def _anomalies(kind: str, api: AwsApi, inputs: Properties) -> Sequence[Candidate]:
    found = []
    for item in listed(api, "ce", f"GetAnomaly{kind}s", f"Anomaly{kind}s"):
        if called(name := item.get(f"{kind}Name"), text(inputs, "name")):
            arn = text(item, f"{kind}Arn")
            tags = dig(api.call("ce", "ListTagsForResource", ResourceArn=arn), "ResourceTags")
            found.append(Candidate(arn, ours=wears(tags, inputs), as_made={"name": name}))
    return found


FINDERS: Mapping[str, Finder[AwsApi]] = {
    "aws:budgets/budget:Budget": Finder(BY_NAME, _budgets),
    **{
        f"aws:costexplorer/anomaly{kind}:Anomaly{kind}": Finder(BY_NAME, partial(_anomalies, kind))
        for kind in ("Monitor", "Subscription")
    },
}
