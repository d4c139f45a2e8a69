"""A bucket of the platform: for the weights of models, what the vector store holds, or its backups.

Owns the bucket, what it refuses, and the rules that delete in it.
Does not own what is in it: whoever writes it does. Does not own who reads it: `workload_role`.
Why a bucket and not the hub for weights: a model server starts from the same bytes next year, at
the speed of the region's own network, without a byte through Cloud NAT.
"""

import pulumi
import pulumi_gcp as gcp

from components.gcp.handles import KeyRef
from components.gcp.tags import labels
from components.handles import BucketRef, PlatformRef
from components.names import GCS_BUCKET, fit
from components.retention import Retention

UNFINISHED_UPLOAD_DAYS = 7
"""Parts of an upload that broke off are billed, and shown nowhere."""
SOFT_DELETE_SECONDS = 7 * 86400
"""How long a deleted bucket, and what its own rules deleted, can be brought back. Google's default;
it bills what is kept."""

COLDER_CLASS = "NEARLINE"
"""Read as fast as any; an object is billed for 30 days at least (Cloud Storage, "Storage classes",
as remembered)."""

_rule = gcp.storage.BucketLifecycleRuleArgs
_action = gcp.storage.BucketLifecycleRuleActionArgs
_condition = gcp.storage.BucketLifecycleRuleConditionArgs


class ObjectStore(pulumi.ComponentResource):
    """A private, encrypted, versioned bucket."""

    ref: BucketRef
    """Where it is."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        contents: str,
        platform: PlatformRef,
        key: KeyRef,
        retention: Retention,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket; a protected one refuses `destroy`, any other goes with its objects.

        Args:
            name: name of the component.
            contents: what is in it, `weights`: a part of the bucket's name.
            platform: whose it is.
            key: key for the objects.
            retention: what is deleted in it after which time.
            protected: whether it holds what must outlive a mistake.
            opts: options of the component.
        """
        super().__init__("tokenworks:gcp:ObjectStore", name, None, opts)
        bucket = gcp.storage.Bucket(
            fit(f"{name}-{contents}", GCS_BUCKET),
            # A region, as the cluster's: reads from another one are billed.
            location=platform.region.upper(),
            storage_class="STANDARD",
            # Grants on the bucket only: an access list on an object is seen by nobody.
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            versioning=gcp.storage.BucketVersioningArgs(enabled=True),
            soft_delete_policy=gcp.storage.BucketSoftDeletePolicyArgs(
                # What may be dropped is not kept and billed.
                retention_duration_seconds=SOFT_DELETE_SECONDS if protected else 0
            ),
            encryption=gcp.storage.BucketEncryptionArgs(default_kms_key_name=key.id),
            lifecycle_rules=_rules(retention),
            force_destroy=not protected,
            labels=labels(platform),
            opts=pulumi.ResourceOptions(
                parent=self, protect=protected, depends_on=list(key.grants)
            ),
        )
        self.ref = BucketRef(bucket=bucket.name, region=platform.region)
        self.register_outputs({"bucket": bucket.name})


def _rules(retention: Retention) -> list[gcp.storage.BucketLifecycleRuleArgs]:
    delete = _action(type="Delete")
    rules = [
        _rule(
            action=_action(type="AbortIncompleteMultipartUpload"),
            condition=_condition(age=UNFINISHED_UPLOAD_DAYS),
        ),
        _rule(
            action=delete,
            condition=_condition(
                days_since_noncurrent_time=retention.old_version_days, with_state="ARCHIVED"
            ),
        ),
    ]
    if retention.object_days is not None:
        live = _condition(age=retention.object_days, with_state="LIVE")
        rules.append(_rule(action=delete, condition=live))
    if retention.colder is not None:
        move = _action(type="SetStorageClass", storage_class=COLDER_CLASS)
        aged = _condition(
            age=retention.colder.days,
            matches_prefixes=[retention.colder.prefix],
            matches_storage_classes=["STANDARD"],
        )
        rules.append(_rule(action=move, condition=aged))
    return rules
