"""EKS add-ons, which moto 5.2.5 does not have.

Owns: operation names and reply shapes, what an add-on does to the cluster, and its state, which
follows its pods: an add-on whose Deployment finds no node stays DEGRADED, as on EKS.
Does not own: what is in an add-on (`addon_catalogue.py`), nor what EKS refuses (`rules_addons.py`).
"""

from infra.rehearsal.aws import rules_addons as rules
from infra.rehearsal.aws.account import Region
from infra.rehearsal.aws.addon_settings import settings_of
from infra.rehearsal.aws.addon_versions import VERSIONS
from infra.rehearsal.aws.addons import Addon
from infra.rehearsal.aws.chance import chance
from infra.rehearsal.aws.eks_access import timestamp
from infra.rehearsal.aws.eks_identities import associate, may_associate
from infra.rehearsal.aws.eks_state import ClusterRecord, EksState
from infra.rehearsal.aws.errors import AwsError
from infra.rehearsal.aws.values import blocks, optional_text, tag_map, text
from infra.rehearsal.cloud.system_workloads import NAMESPACE, unready
from infra.rehearsal.kubernetes.client import ApiError
from infra.wire import Properties, Value

CONFLICT = 409  # HTTP status of the API server: somebody else owns a field
NOT_ENOUGH = "The add-on is unhealthy because it doesn't have the desired number of replicas."
CONFLICTS = (
    "Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. "
    "Conflicts:\n"
)
"""EKS's words (eksctl-io/eksctl#5880, nebari-dev/nebari#2537)."""


class AddonOperations:
    """Operations on add-ons, by the names and shapes of the EKS API."""

    def __init__(self, state: EksState) -> None:
        """Work on shared state."""
        self._state = state

    def create_addon(self, region: Region, parameters: Properties) -> Properties:
        """Install an add-on; it is ACTIVE when its pods are."""
        operation = "CreateAddon"
        record = self._state.record(region, parameters, operation)
        kind = rules.kind_of(parameters, operation)
        cluster = text(parameters, "clusterName")
        version = self._version(region, parameters, operation)
        rules.can_be_created(parameters)
        rules.played(kind, parameters)
        given = optional_text(parameters, "configurationValues")
        settings = settings_of(kind, given, operation)
        if kind.name in record.addons:
            message = "Addon already exists."
            raise AwsError(message, operation, "ResourceInUseException")
        now = timestamp()
        addon = Addon(
            name=kind.name,
            arn=region.arn("eks", f"addon/{cluster}/{kind.name}/{chance.new_uuid()}"),
            version=version,
            settings=given,
            objects=kind.objects(settings, version),
            tags=dict(tag_map(parameters.get("tags"))),
            created=now,
            modified=now,
        )
        _associate(region, record, addon, parameters, operation)
        record.addons[kind.name] = addon
        self._install(addon, parameters, "CREATE_FAILED")
        return {"addon": addon.describe(cluster, "CREATING", [], _owned(record, addon))}

    def describe_addon(self, region: Region, parameters: Properties) -> Properties:
        """Describe an add-on by what its pods are now."""
        operation = "DescribeAddon"
        record = self._state.record(region, parameters, operation)
        addon = _addon(record, parameters, operation)
        status, issues = self._health(addon)
        cluster = text(parameters, "clusterName")
        return {"addon": addon.describe(cluster, status, issues, _owned(record, addon))}

    def list_addons(self, region: Region, parameters: Properties) -> Properties:
        """List names."""
        return {"addons": [*self._state.record(region, parameters, "ListAddons").addons]}

    def update_addon(self, region: Region, parameters: Properties) -> Properties:
        """Move to a version, to other settings, to other roles; what is not named stays."""
        operation = "UpdateAddon"
        record = self._state.record(region, parameters, operation)
        addon = _addon(record, parameters, operation)
        kind = rules.kind_of(parameters, operation)
        rules.played(kind, parameters)
        wanted: Properties = {"addonVersion": addon.version, **parameters}
        version = self._version(region, wanted, operation)
        given = (
            optional_text(parameters, "configurationValues")
            if "configurationValues" in parameters
            else addon.settings
        )
        settings = settings_of(kind, given, operation)
        if "podIdentityAssociations" in parameters:
            _associate(region, record, addon, parameters, operation)
        before = addon.objects
        addon.version, addon.settings = version, given
        addon.objects, addon.modified = kind.objects(settings, version), timestamp()
        self._install(addon, parameters, "UPDATE_FAILED")
        self._state.plane().remove(_missing_in(addon.objects, before))
        return {"update": {"id": chance.new_uuid(), "status": "InProgress", "type": "AddonUpdate"}}

    def delete_addon(self, region: Region, parameters: Properties) -> Properties:
        """Take an add-on and its associations away; preserved, its objects stay."""
        operation = "DeleteAddon"
        record = self._state.record(region, parameters, operation)
        addon = _addon(record, parameters, operation)
        if not parameters.get("preserve"):
            self._state.plane().remove(addon.objects)
        cluster, owned = text(parameters, "clusterName"), _owned(record, addon)
        _release(record, addon)
        del record.addons[addon.name]
        return {"addon": addon.describe(cluster, "DELETING", [], owned)}

    def describe_addon_versions(self, _region: Region, parameters: Properties) -> Properties:
        """List the versions that the rehearsal knows; EKS has many more."""
        name, kubernetes = parameters.get("addonName"), parameters.get("kubernetesVersion")
        found: list[Value] = [
            {"addonName": addon, "owner": "aws", "publisher": "eks", "addonVersions": versions}
            for addon in VERSIONS
            if name in (None, addon) and (versions := _offers(addon, kubernetes))
        ]
        return {"addons": found}

    def _version(self, region: Region, parameters: Properties, operation: str) -> str:
        cluster = self._state.cluster(region, text(parameters, "clusterName"), operation)
        kind = rules.kind_of(parameters, operation)
        return rules.version_of(kind, parameters, text(cluster, "version"), operation)

    def _install(self, addon: Addon, parameters: Properties, failed: str) -> None:
        """Apply the objects, and remember what the API server has against them.

        To preserve is played for whole objects: one that somebody else changed stays as it is.
        """
        addon.failed, addon.issue = "", None
        mode = optional_text(parameters, "resolveConflicts") or "NONE"
        for item in addon.objects:
            try:
                self._state.plane().apply([item], force=mode == "OVERWRITE")
            except ApiError as error:
                conflict = error.status == CONFLICT
                if not error.status:
                    raise
                if conflict and mode == "PRESERVE":
                    continue
                name = f"{item['kind']} {text(item, 'metadata.name')}"
                addon.failed = failed
                addon.issue = {
                    "code": "ConfigurationConflict" if conflict else "AdmissionRequestDenied",
                    "message": f"{CONFLICTS if conflict else ''}{name}: {error.message}",
                }
                return

    def _health(self, addon: Addon) -> tuple[str, list[Value]]:
        if addon.issue is not None:
            return addon.failed, [addon.issue]
        missing: list[Value] = [*unready(self._state.plane().workloads(addon.objects))]
        if not missing:
            return "ACTIVE", []
        code = "InsufficientNumberOfReplicas"
        return "DEGRADED", [{"code": code, "message": NOT_ENOUGH, "resourceIds": missing}]


def _addon(record: ClusterRecord, parameters: Properties, operation: str) -> Addon:
    name = text(parameters, "addonName")
    if name not in record.addons:
        message = f"No addon: {name} found in cluster: {text(parameters, 'clusterName')}"
        raise AwsError(message, operation, "ResourceNotFoundException")
    return record.addons[name]


def _associate(
    region: Region, record: ClusterRecord, addon: Addon, parameters: Properties, operation: str
) -> None:
    """Put the add-on's associations in place of those that it had; all of them or none."""
    wanted: list[Properties] = [
        {"clusterName": parameters["clusterName"], "namespace": NAMESPACE, **item}
        for item in blocks(parameters, "podIdentityAssociations")
    ]
    kept = {key: item for key, item in record.associations.items() if item.owner == addon.arn}
    _release(record, addon)
    try:
        for item in wanted:
            may_associate(region, record, item, operation)
    except AwsError:
        record.associations |= kept
        raise
    for item in wanted:
        associate(region, record, item, operation, owner=addon.arn)


def _release(record: ClusterRecord, addon: Addon) -> None:
    for key in [key for key, item in record.associations.items() if item.owner == addon.arn]:
        del record.associations[key]


def _owned(record: ClusterRecord, addon: Addon) -> list[str]:
    return [item.arn for item in record.associations.values() if item.owner == addon.arn]


def _missing_in(objects: list[Properties], before: list[Properties]) -> list[Properties]:
    there = {(item["kind"], text(item, "metadata.name")) for item in objects}
    return [item for item in before if (item["kind"], text(item, "metadata.name")) not in there]


def _offers(addon: str, kubernetes: Value) -> list[Value]:
    seen: set[str] = set()
    offers: list[Value] = []
    for item in VERSIONS[addon]:
        fitting = [minor for minor in item.kubernetes if kubernetes in (None, minor)]
        clusters: list[Value] = [
            {
                "clusterVersion": minor,
                "platformVersions": ["*"],
                "defaultVersion": minor not in seen,
            }
            for minor in fitting
        ]
        seen.update(fitting)
        if clusters:
            offers.append({"addonVersion": item.version, "compatibilities": clusters})
    return offers
