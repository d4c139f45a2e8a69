"""Pull-through cache rules of ECR, which moto 5.2.5 lacks.

Owns the rules and ECR's refusals of them. Does not own the repositories that ECR makes on the first
pull: nothing pulls here.
"""

import re

from infra.rehearsal.aws.account import Account, Region
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import optional_text, text, texts
from infra.wire import Properties, Value

OPEN_UPSTREAMS = ("public.ecr.aws", "registry.k8s.io", "quay.io")
CLOSED_UPSTREAMS = ("registry-1.docker.io", "ghcr.io", "registry.gitlab.com")
AZURE = re.compile(r"[a-z0-9-]+\.azurecr\.io")
PRIVATE_ECR = re.compile(r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com")
"""Upstream registries (ECR API reference, CreatePullThroughCacheRule, 2026). Closed ones and Azure
want a secret with credentials (ECR user guide, "Creating a pull through cache rule")."""


def install(account: Account) -> None:
    """Serve the rules of an account's registries."""
    rules = CacheRules()
    account.gaps["ecr", "create_pull_through_cache_rule"] = rules.create
    account.gaps["ecr", "describe_pull_through_cache_rules"] = rules.describe
    account.gaps["ecr", "update_pull_through_cache_rule"] = rules.update
    account.gaps["ecr", "delete_pull_through_cache_rule"] = rules.delete


class CacheRules:
    """Operations on rules, by the names and shapes of the ECR API."""

    def __init__(self) -> None:
        """Start without rules."""
        self._rules: dict[tuple[str, str], Properties] = {}
        """Region and prefix to rule."""

    def create(self, region: Region, parameters: Properties) -> Properties:
        """Make a rule; one prefix has one."""
        operation = "CreatePullThroughCacheRule"
        prefix = text(parameters, "ecrRepositoryPrefix")
        _check_upstream(operation, parameters)
        _check_secret(region, operation, parameters)
        if (region.name, prefix) in self._rules:
            message = (
                f"The pull through cache rule with prefix '{prefix}' already exists in the "
                f"registry with id '{region.account.account_id}'"
            )
            raise AwsError(message, operation, "PullThroughCacheRuleAlreadyExistsException")
        rule: Properties = {**parameters, "registryId": region.account.account_id}
        self._rules[region.name, prefix] = rule
        return dict(rule)

    def describe(self, region: Region, parameters: Properties) -> Properties:
        """Return the rules that were asked for, or all."""
        asked = texts(parameters, "ecrRepositoryPrefixes")
        for prefix in asked:
            self._found(region, prefix, "DescribePullThroughCacheRules")
        found: list[Value] = [
            dict(rule)
            for (home, prefix), rule in self._rules.items()
            if home == region.name and (not asked or prefix in asked)
        ]
        return {"pullThroughCacheRules": found}

    def update(self, region: Region, parameters: Properties) -> Properties:
        """Change who the rule is upstream."""
        operation = "UpdatePullThroughCacheRule"
        rule = self._found(region, text(parameters, "ecrRepositoryPrefix"), operation)
        _check_secret(region, operation, parameters)
        rule.update(parameters)
        return dict(rule)

    def delete(self, region: Region, parameters: Properties) -> Properties:
        """Forget a rule; repositories that it filled would stay."""
        prefix = text(parameters, "ecrRepositoryPrefix")
        rule = self._found(region, prefix, "DeletePullThroughCacheRule")
        del self._rules[region.name, prefix]
        return rule

    def _found(self, region: Region, prefix: str, operation: str) -> Properties:
        if (region.name, prefix) not in self._rules:
            message = (
                f"The pull through cache rule with prefix '{prefix}' does not exist in the "
                f"registry with id '{region.account.account_id}'"
            )
            raise AwsError(message, operation, "PullThroughCacheRuleNotFoundException")
        return self._rules[region.name, prefix]


def _check_upstream(operation: str, parameters: Properties) -> None:
    url = text(parameters, "upstreamRegistryUrl")
    closed = url in CLOSED_UPSTREAMS or AZURE.fullmatch(url)
    if closed and "credentialArn" not in parameters:
        # The words are quoted in aws-controllers-k8s/community#2589.
        message = (
            "The specified upstream registry requires authentication. Specify a valid Secrets "
            "Manager ARN"
        )
        raise AwsError(message, operation, "UnsupportedUpstreamRegistryException")
    if not closed and url not in OPEN_UPSTREAMS and not PRIVATE_ECR.fullmatch(url):
        message = f"The specified upstream registry isn't supported: {url}"
        raise AwsError(message, operation, "UnsupportedUpstreamRegistryException")


def _check_secret(region: Region, operation: str, parameters: Properties) -> None:
    arn = optional_text(parameters, "credentialArn")
    if not arn:
        return
    try:
        region.call("secretsmanager", "describe_secret", SecretId=arn)
    except AwsError as error:
        message = "The ARN of the secret specified in the pull through cache rule was not found."
        raise AwsError(message, operation, "SecretNotFoundException") from error
