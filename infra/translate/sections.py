"""Cloud, network, cluster, hub and budget of a stack on the other cloud.

Owns which settings carry over and which have no twin. Pools are in `pools`, models in `models`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.catalog.machines import MachineType, machine, machines
from infra.spec.checks_cluster import is_roomy_system_node
from infra.spec.cloud import CloudProvider
from infra.spec.defaults import section_defaults
from infra.spec.log_days import kept_days
from infra.spec.one_cloud import ONLY
from infra.spec.ranges import BadRange, parse_range
from infra.spec.stack import StackSpec
from infra.translate.mapping import Change, price_lines

Written = dict[str, object]
EXAMPLE_PROJECT = "example-project-id"
"""What is written for a project that nobody named; it belongs to nobody here."""
_PRICE_REASON = "kept; prices differ there: look at the estimate"
_UNKNOWN_REASON = "kept; fewer things may have a known price there: look at the estimate"
_BUDGET_REASONS = {
    **dict.fromkeys(("monthlyUsd", "hourlyUsd", "changeUsd"), _PRICE_REASON),
    "gpus": "kept; a node there may have more GPUs: pools at their `max` may not fit",
    "onUnknown": _UNKNOWN_REASON,
}
"""What a person has to look at again, and why."""
_OF_ONE_NETWORK = ("vpcId", "privateSubnetIds", "publicSubnetIds", "podRange", "serviceRange")


@dataclass
class Sections:
    """The sections of one stack, as the other cloud has them."""

    spec: StackSpec
    target: CloudProvider
    changes: list[Change] = field(default_factory=list)

    @property
    def source(self) -> CloudProvider:
        """The cloud that the stack is on."""
        return self.spec.cloud.provider

    def cloud(self, written: Written, region: str, reason: str, project: str) -> Written:
        """Return the section `cloud`."""
        self._say("cloud.region", self.spec.cloud.region, region, reason)
        found: Written = {"provider": self.target.value}
        if self.target is CloudProvider.GCP:
            found["project"] = project or EXAMPLE_PROJECT
            given = "as named" if project else "an example: put the id of your own project"
            self._say("cloud.project", "none", str(found["project"]), given)
        else:
            self._say(
                "cloud.project",
                str(self.spec.cloud.project),
                "",
                "the account of AWS is that of whoever runs `pulumi`",
            )
        found["region"] = region
        found |= {key: written[key] for key in ("zones", "networkCidr") if key in written}
        if "networkCidr" in found and self._meets_default_ranges(str(found["networkCidr"])):
            reason = "it meets the default range of pods or Services there"
            self._say("cloud.networkCidr", str(found.pop("networkCidr")), "", reason)
        return found

    def network(self, written: Written) -> Written:
        """Return the section `network`; what is of one network, or of one cloud, is left out."""
        found = dict(written)
        for setting in list(found):
            only = ONLY.get(("network", setting))
            if setting in _OF_ONE_NETWORK:
                reason = "a network of one cloud: name the one that exists there"
            elif only is not None and only.cloud is not self.target:
                reason = only.reason
            else:
                continue
            self._say(f"network.{setting}", _shown(found.pop(setting)), "", reason)
        self._defaults_without_twin(written)
        return found

    def _defaults_without_twin(self, written: Written) -> None:
        """Say what the environment's defaults brought on the old cloud and do not on the new."""
        effective = self.spec.network.model_dump(mode="json", by_alias=True)
        for (section, setting), only in ONLY.items():
            if section != "network" or setting in written or only.cloud is self.target:
                continue
            neutral = list(only.neutral) if isinstance(only.neutral, tuple) else only.neutral
            if effective[setting] != neutral:
                shown = _shown(effective[setting])
                self._say(f"network.{setting}", f"{shown} (default)", "", only.reason)

    def cluster(self, written: Written) -> Written:
        """Return the section `cluster`."""
        found = dict(written)
        for setting in ("admins", "modelDeployers"):
            if found.get(setting):
                reason = f"identities of {self.source}: name those of {self.target}"
                self._say(f"cluster.{setting}", _shown(found.pop(setting)), "", reason)
        days = self.spec.cluster.log_retention_days
        kept_there = kept_days(self.target, days)
        if kept_there != days:
            found["logRetentionDays"] = kept_there
            on_gcp = self.target is CloudProvider.GCP
            reason = (
                "a log bucket keeps no longer" if on_gcp else "CloudWatch Logs keeps no such time"
            )
            self._say("cluster.logRetentionDays", str(days), str(kept_there), reason)
        nodes = found.get("systemNodes")
        kept = dict(nodes) if isinstance(nodes, Mapping) else {}
        kept.pop("machineType", None)
        chosen = system_machine(self.spec, self.target)
        if chosen.name != _default_system(self.spec, self.target):
            kept["machineType"] = chosen.name
        if kept:
            found["systemNodes"] = kept
        else:
            found.pop("systemNodes", None)
        old = self.spec.cluster.system_nodes.machine_type
        ways = (("on-demand", "on-demand"),)
        self.changes.append(
            Change(
                "cluster.systemNodes.machineType",
                old,
                chosen.name,
                _why_system(self.spec, self.target, chosen),
                price_lines((self.source, old), (self.target, chosen.name), ways),
            )
        )
        return found

    def cache(self, written: Written) -> Written:
        """Return the section `cache`; a node is one cloud's, and follows from the memory."""
        found = dict(written)
        for instance in ("responses", "counters"):
            settings = found.get(instance)
            if isinstance(settings, Mapping) and "nodeType" in settings:
                kept = {key: value for key, value in settings.items() if key != "nodeType"}
                node, reason = str(settings["nodeType"]), "follows from memoryGib there"
                self._say(f"cache.{instance}.nodeType", node, "", reason)
                found[instance] = kept
        return {key: value for key, value in found.items() if value != {}}

    def hub(self, written: Written, *, has_token: bool) -> Written:
        """Return the section `hub`; a token is kept by the secret manager of one cloud."""
        if has_token:
            reason = "kept; give the secret hub-token of the new platform its value, too"
            self._say("hub.token", "true", "true", reason)
        return written

    def budget(self, written: Written) -> None:
        """Say that the caps are kept, though prices and GPUs on a node are others there."""
        for setting, reason in _BUDGET_REASONS.items():
            if setting in written:
                shown = _shown(written[setting])
                self._say(f"budget.{setting}", shown, shown, reason)
        if written and "onUnknown" not in written:
            kept = self.spec.budget.on_unknown
            self._say("budget.onUnknown", kept, kept, _UNKNOWN_REASON)

    def _meets_default_ranges(self, text: str) -> bool:
        network = parse_range(text)
        defaults = section_defaults("network", self.spec.environment, self.target)
        ranges = [defaults[name].value for name in ("podCidr", "serviceCidr")]
        parsed = [parse_range(one) for one in ranges if isinstance(one, str)]
        return not isinstance(network, BadRange) and any(
            not isinstance(one, BadRange) and network.overlaps(one) for one in parsed
        )

    def _say(self, setting: str, was: str, becomes: str, reason: str) -> None:
        self.changes.append(Change(setting, was, becomes, reason))


def system_machine(spec: StackSpec, target: CloudProvider) -> MachineType:
    """Return the machine of system nodes on the other cloud."""
    default = machine(target, _default_system(spec, target))
    old = machine(spec.cloud.provider, spec.cluster.system_nodes.machine_type)
    if old.name == _default_system(spec, spec.cloud.provider) or _holds(default, old):
        return default
    roomy = [m for m in machines(target) if is_roomy_system_node(m)]
    return next((m for m in roomy if _holds(m, old)), roomy[-1])


def _holds(machine: MachineType, other: MachineType) -> bool:
    return machine.vcpus >= other.vcpus and machine.memory_gib >= other.memory_gib


def _default_system(spec: StackSpec, cloud: CloudProvider) -> str:
    defaults = section_defaults("cluster", spec.environment, cloud)
    return str(defaults["systemNodes.machineType"].value)


def _why_system(spec: StackSpec, target: CloudProvider, chosen: MachineType) -> str:
    if chosen.name == _default_system(spec, target):
        return f"the default of {target} in {spec.environment}"
    return "the smallest that has as many cores and as much memory"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)
