"""Quotas asked of a real account's service: raised, never raised, and not known."""

import pytest

from infra.cloud_error import CloudApiError
from infra.preflight.aws.account import account_facts
from infra.preflight.aws.catalogue import ELASTIC_IPS, ON_DEMAND_G, QUOTAS
from infra.wire import Properties, Value


class Service:
    """Service Quotas of an account in which one quota was raised."""

    region = "us-east-1"

    def __init__(self, raised: dict[str, Value], refuses: str = "") -> None:
        self.raised = raised
        self.refuses = refuses

    def call(self, service: str, operation: str, /, **parameters: Value) -> Properties:
        assert service == "service-quotas"
        if self.refuses:
            raise CloudApiError(operation, self.refuses, "no")
        if operation == "GetAWSDefaultServiceQuota":
            return {"Quota": {"Value": 5.0}}
        if parameters["QuotaCode"] not in self.raised:
            raise CloudApiError(operation, "NoSuchResourceException", "never raised")
        return {"Quota": {"Value": self.raised[str(parameters["QuotaCode"])]}}


def test_a_raised_quota_counts_and_any_other_has_its_default() -> None:
    facts = account_facts(Service({ON_DEMAND_G.code: 192.0}))

    assert facts.quota(ON_DEMAND_G.code) == 192
    assert facts.quota(ELASTIC_IPS.code) == 5
    assert set(facts.quotas) == set(QUOTAS)


@pytest.mark.parametrize("value", [None, "many", True])
def test_a_quota_without_a_number_is_neither_zero_nor_enough(value: Value) -> None:
    facts = account_facts(Service({ON_DEMAND_G.code: value}))

    assert ON_DEMAND_G.code not in facts.quotas
    assert facts.untold == {ON_DEMAND_G.code: "AWS gives no number"}


def test_a_refusal_is_not_taken_for_a_quota_that_was_never_raised() -> None:
    facts = account_facts(Service({}, refuses="AccessDeniedException"))

    assert facts.quotas == {}
    assert set(facts.untold.values()) == {"denied: the caller lacks GetServiceQuota"}
