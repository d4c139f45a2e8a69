"""A bucket of the platform: for the weights of models, what the vector store holds, or its backups.

Owns the bucket, what it refuses, and the rules that delete in it.
Does not own what is in it: whoever writes it does. Does not own who may do what: `store_rights`.
Why a bucket and not the hub for weights: a model server starts from the same bytes next year, at
the speed of the zone's own network, through an endpoint that costs nothing.
"""

import pulumi
import pulumi_aws as aws

from components.aws.policies import EVERYTHING, Effect, Principals, Statement, document
from components.aws.store_rights import StoreRights
from components.aws.tags import tags
from components.handles import BucketRef, PlatformRef
from components.names import S3_BUCKET, fit
from components.retention import Retention

UNFINISHED_UPLOAD_DAYS = 7
"""Parts of an upload that broke off are billed, and shown nowhere."""


class ObjectStore(pulumi.ComponentResource):
    """A private, encrypted, versioned bucket."""

    ref: BucketRef
    """Where it is."""
    rights: StoreRights
    """What a role may do with it."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        contents: str,
        platform: PlatformRef,
        key_arn: pulumi.Output[str],
        retention: Retention,
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket; a protected one refuses `destroy`, any other goes with its objects.

        Args:
            name: name of the component.
            contents: what is in it, `weights`: a part of the bucket's name.
            platform: whose it is.
            key_arn: key for the objects.
            retention: what is deleted in it after which time.
            protected: whether it holds what must outlive a mistake.
            opts: options of the component.
        """
        super().__init__("tokenworks:aws:ObjectStore", name, None, opts)
        self._name = name
        self._platform = platform
        bucket = self._create_bucket(contents, protected=protected)
        versioning = self._keep_versions(bucket)
        self._encrypt(bucket, key_arn)
        self._close(bucket)
        self._expire(bucket, versioning, retention)
        self.ref = BucketRef(bucket=bucket.bucket, region=platform.region)
        self.rights = StoreRights(bucket.arn, key_arn, platform)
        self.register_outputs({"bucket": bucket.bucket})

    def _create_bucket(self, contents: str, *, protected: bool) -> aws.s3.Bucket:
        name = fit(f"{self._name}-{contents}", S3_BUCKET)
        return aws.s3.Bucket(
            name,
            # A stack that may be dropped is dropped whole: what it held can be loaded again.
            force_destroy=not protected,
            tags=tags(self._platform, name),
            opts=pulumi.ResourceOptions(parent=self, protect=protected),
        )

    def _keep_versions(self, bucket: aws.s3.Bucket) -> aws.s3.BucketVersioning:
        return aws.s3.BucketVersioning(
            f"{self._name}-versions",
            bucket=bucket.id,
            versioning_configuration=aws.s3.BucketVersioningVersioningConfigurationArgs(
                status="Enabled"
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _encrypt(self, bucket: aws.s3.Bucket, key_arn: pulumi.Output[str]) -> None:
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{self._name}-encryption",
            bucket=bucket.id,
            rules=[
                aws.s3.BucketServerSideEncryptionConfigurationRuleArgs(
                    apply_server_side_encryption_by_default=(
                        aws.s3.BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
                            sse_algorithm="aws:kms", kms_master_key_id=key_arn
                        )
                    ),
                    # One call to KMS for many objects: a checkpoint has dozens of files.
                    bucket_key_enabled=True,
                )
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _close(self, bucket: aws.s3.Bucket) -> None:
        """Shut the public out, and everyone who comes without TLS."""
        block = aws.s3.BucketPublicAccessBlock(
            f"{self._name}-public-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        owner = aws.s3.BucketOwnershipControls(
            f"{self._name}-ownership",
            bucket=bucket.id,
            rule=aws.s3.BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced"),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[block]),
        )
        aws.s3.BucketPolicy(
            f"{self._name}-policy",
            bucket=bucket.id,
            policy=document(
                Statement(
                    sid="TlsOnly",
                    effect=Effect.DENY,
                    principals=Principals(everyone=True),
                    actions=("s3:*",),
                    resources=(bucket.arn, pulumi.Output.concat(bucket.arn, "/", EVERYTHING)),
                    conditions={"Bool": {"aws:SecureTransport": "false"}},
                )
            ),
            # One after the other: S3 refuses two changes of a bucket's access at once
            # (`OperationAborted`, S3 API reference, error responses).
            opts=pulumi.ResourceOptions(parent=self, depends_on=[owner]),
        )

    def _expire(
        self, bucket: aws.s3.Bucket, versioning: aws.s3.BucketVersioning, retention: Retention
    ) -> None:
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=bucket.id,
            rules=_rules(retention),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )


_rule = aws.s3.BucketLifecycleConfigurationRuleArgs
_transition = aws.s3.BucketLifecycleConfigurationRuleTransitionArgs
COLDER_CLASS = "GLACIER_IR"
"""Read in milliseconds. `STANDARD_IA` takes no object that is younger than 30 days (S3 user guide,
"Lifecycle transition constraints", as remembered)."""
_expiration = aws.s3.BucketLifecycleConfigurationRuleExpirationArgs


def _rules(retention: Retention) -> list[aws.s3.BucketLifecycleConfigurationRuleArgs]:
    whole_bucket = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    rules = [
        _rule(
            id="unfinished-uploads",
            status="Enabled",
            filter=whole_bucket,
            abort_incomplete_multipart_upload=(
                aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                    days_after_initiation=UNFINISHED_UPLOAD_DAYS
                )
            ),
        ),
        _rule(
            id="old-versions",
            status="Enabled",
            filter=whole_bucket,
            noncurrent_version_expiration=(
                aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=retention.old_version_days
                )
            ),
        ),
        # The mark that a delete leaves outlives the versions below it, and every listing steps over
        # it (S3 user guide, "Removing expired object delete markers", as remembered).
        _rule(
            id="delete-markers",
            status="Enabled",
            filter=whole_bucket,
            expiration=_expiration(expired_object_delete_marker=True),
        ),
    ]
    if retention.object_days is not None:
        expiration = _expiration(days=retention.object_days)
        rules.append(
            _rule(id="objects", status="Enabled", filter=whole_bucket, expiration=expiration)
        )
    if retention.colder is not None:
        rules.append(
            _rule(
                id="colder",
                status="Enabled",
                filter=aws.s3.BucketLifecycleConfigurationRuleFilterArgs(
                    prefix=retention.colder.prefix
                ),
                transitions=[_transition(days=retention.colder.days, storage_class=COLDER_CLASS)],
            )
        )
    return rules
