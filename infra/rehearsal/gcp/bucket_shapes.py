"""A bucket as the provider's inputs have it, and as Cloud Storage has it.

Source: GoogleCloudPlatform/magic-modules@d577844, 2026-08-21, services/storage/
resource_storage_bucket.go.tmpl, the expanders and flatteners.
"""

from infra.rehearsal.gcp.place import Place
from infra.replies import block, blocks, dig, optional_text
from infra.wire import Properties, Value

STATES = {"LIVE": True, "ARCHIVED": False}
"""`withState` of a rule's condition to `isLive`; ANY says nothing."""

MATCHES = {
    "matchesPrefixes": "matchesPrefix",
    "matchesSuffixes": "matchesSuffix",
    "matchesStorageClasses": "matchesStorageClass",
}
"""Lists of a rule's condition: the provider's word to Cloud Storage's."""


def bucket_inputs(inputs: Properties) -> Properties:
    """Return inputs where Cloud Storage has them."""
    found = dict(inputs)
    access: Properties = {}
    if "uniformBucketLevelAccess" in found:
        access["uniformBucketLevelAccess"] = {"enabled": found.pop("uniformBucketLevelAccess")}
    if "publicAccessPrevention" in found:
        access["publicAccessPrevention"] = found.pop("publicAccessPrevention")
    if access:
        found["iamConfiguration"] = access
    if "lifecycleRules" in found:
        rules: list[Value] = [_rule(one) for one in blocks(found, "lifecycleRules")]
        del found["lifecycleRules"]
        found["lifecycle"] = {"rule": rules}
    return found


def bucket_outputs(place: Place, physical_id: str, api: Properties) -> Properties:
    """Return the outputs that Cloud Storage has elsewhere, or under another name."""
    access = block(api, "iamConfiguration")
    rules: list[Value] = [_shown(one) for one in blocks(api, "lifecycle.rule")]
    shown: Properties = {"lifecycleRules": rules} if rules else {}
    return {
        **shown,
        "project": place.project,
        "url": f"gs://{physical_id}",
        "uniformBucketLevelAccess": dig(access, "uniformBucketLevelAccess.enabled"),
        "publicAccessPrevention": optional_text(access, "publicAccessPrevention"),
    }


def _rule(rule: Properties) -> Properties:
    given = block(rule, "condition")
    condition = {MATCHES.get(name, name): value for name, value in given.items()}
    state = condition.pop("withState", None)
    if state in STATES:
        condition["isLive"] = STATES[str(state)]
    return {**rule, "condition": condition}


def _shown(rule: Properties) -> Properties:
    words = {ours: theirs for theirs, ours in MATCHES.items()}
    kept = block(rule, "condition")
    condition = {words.get(name, name): value for name, value in kept.items()}
    live = condition.pop("isLive", None)
    names = {is_live: state for state, is_live in STATES.items()}
    if isinstance(live, bool):
        condition["withState"] = names[live]
    return {**rule, "condition": condition}
