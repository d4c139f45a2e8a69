"""A bucket of the platform: for the weights of models, or for what the vector store holds.

Owns the bucket, what it refuses, how long it keeps what was replaced, and the policy documents of
whoever reads, whoever loads and whoever keeps it.
Does not own what is in it: whoever writes it does.
Why a bucket and not the hub for weights: a model server starts from the same bytes next year, at
the speed of the zone's own network, through an endpoint that costs nothing.
"""

import pulumi
import pulumi_aws as aws

from components.aws.policies import EVERYTHING, Effect, Principals, Statement, document
from components.aws.tags import tags
from components.handles import BucketRef, PlatformRef
from components.names import S3_BUCKET, fit

UNFINISHED_UPLOAD_DAYS = 7
"""Parts of an upload that broke off are billed, and shown nowhere."""
OLD_VERSION_DAYS = 30
"""How long what was overwritten or deleted by mistake can be brought back."""


class ObjectStore(pulumi.ComponentResource):
    """A private, encrypted, versioned bucket."""

    ref: BucketRef
    """Where it is."""
    reader: pulumi.Output[str]
    """Policy document of a role that may read the weights, and do nothing else."""
    writer: pulumi.Output[str]
    """Policy document of a role that may read and add weights, and delete none."""
    keeper: pulumi.Output[str]
    """Policy document of a role whose bucket it is: it reads, writes and deletes objects."""

    def __init__(  # noqa: PLR0913  the handles it stands on are named one by one
        self,
        name: str,
        *,
        contents: str,
        platform: PlatformRef,
        key_arn: pulumi.Output[str],
        protected: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Create the bucket; a protected one refuses `destroy`, any other goes with its objects.

        Args:
            name: name of the component.
            contents: what is in it, `weights`: a part of the bucket's name.
            platform: whose it is.
            key_arn: key for the objects.
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
        self._expire(bucket, versioning)
        self.ref = BucketRef(bucket=bucket.bucket, region=platform.region)
        self.reader = _reader(bucket, key_arn, platform)
        self.writer = _writer(bucket, key_arn, platform)
        self.keeper = _keeper(bucket, key_arn, platform)
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

    def _expire(self, bucket: aws.s3.Bucket, versioning: aws.s3.BucketVersioning) -> None:
        rule = aws.s3.BucketLifecycleConfigurationRuleArgs
        whole_bucket = aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
        aws.s3.BucketLifecycleConfiguration(
            f"{self._name}-lifecycle",
            bucket=bucket.id,
            rules=[
                rule(
                    id="unfinished-uploads",
                    status="Enabled",
                    filter=whole_bucket,
                    abort_incomplete_multipart_upload=(
                        aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                            days_after_initiation=UNFINISHED_UPLOAD_DAYS
                        )
                    ),
                ),
                rule(
                    id="old-versions",
                    status="Enabled",
                    filter=whole_bucket,
                    noncurrent_version_expiration=(
                        aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                            noncurrent_days=OLD_VERSION_DAYS
                        )
                    ),
                ),
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[versioning]),
        )


def _reader(
    bucket: aws.s3.Bucket, key_arn: pulumi.Output[str], platform: PlatformRef
) -> pulumi.Output[str]:
    return document(
        Statement(sid="ListWeights", actions=("s3:ListBucket",), resources=(bucket.arn,)),
        Statement(
            sid="ReadWeights",
            actions=("s3:GetObject",),
            resources=(pulumi.Output.concat(bucket.arn, "/", EVERYTHING),),
        ),
        _through_s3("DecryptWeights", ("kms:Decrypt",), key_arn, platform),
    )


def _writer(
    bucket: aws.s3.Bucket, key_arn: pulumi.Output[str], platform: PlatformRef
) -> pulumi.Output[str]:
    """Allow an upload in parts that goes on after a cut; parts need the key both ways.

    S3 user guide, "Multipart upload API and permissions", 2026.
    """
    return document(
        Statement(
            sid="ListWeightsAndUploads",
            actions=("s3:ListBucket", "s3:ListBucketMultipartUploads"),
            resources=(bucket.arn,),
        ),
        Statement(
            sid="LoadWeights",
            actions=(
                "s3:GetObject",
                "s3:PutObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ),
            resources=(pulumi.Output.concat(bucket.arn, "/", EVERYTHING),),
        ),
        _through_s3("EncryptWeights", ("kms:Decrypt", "kms:GenerateDataKey"), key_arn, platform),
    )


def _keeper(
    bucket: aws.s3.Bucket, key_arn: pulumi.Output[str], platform: PlatformRef
) -> pulumi.Output[str]:
    """Allow what a program needs whose bucket it is: of objects all, of the bucket to list it.

    Uploads in parts and their end (S3 user guide, "Multipart upload API and permissions", 2026);
    old versions are not its own to delete.
    """
    return document(
        Statement(
            sid="ListObjectsAndUploads",
            actions=("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"),
            resources=(bucket.arn,),
        ),
        Statement(
            sid="KeepObjects",
            actions=(
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ),
            resources=(pulumi.Output.concat(bucket.arn, "/", EVERYTHING),),
        ),
        _through_s3("EncryptObjects", ("kms:Decrypt", "kms:GenerateDataKey"), key_arn, platform),
    )


def _through_s3(
    sid: str, actions: tuple[str, ...], key_arn: pulumi.Output[str], platform: PlatformRef
) -> Statement:
    """Allow the key's use through S3 alone: it encrypts the cluster's secrets, too."""
    return Statement(
        sid=sid,
        actions=actions,
        resources=(key_arn,),
        conditions={"StringEquals": {"kms:ViaService": f"s3.{platform.region}.amazonaws.com"}},
    )
