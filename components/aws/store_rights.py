"""What a role may do with one bucket: the statements of whoever reads, fills or keeps it.

Owns the statements. Does not own who gets them: the foundation puts them into documents.
"""

from dataclasses import dataclass

import pulumi

from components.aws.policies import EVERYTHING, Statement
from components.handles import PlatformRef


@dataclass(frozen=True, eq=False)
class StoreRights:
    """The statements for one bucket. `what` is what lies in it, in CamelCase: it names them."""

    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    platform: PlatformRef

    def reading(self, what: str) -> tuple[Statement, ...]:
        """Allow reading objects and nothing else."""
        return (
            Statement(sid=f"List{what}", actions=("s3:ListBucket",), resources=(self.bucket_arn,)),
            Statement(sid=f"Read{what}", actions=("s3:GetObject",), resources=(self._objects,)),
            self._through_s3(f"Decrypt{what}", "kms:Decrypt"),
        )

    def filling(self, what: str) -> tuple[Statement, ...]:
        """Allow reading and adding objects, and deleting none.

        An upload in parts goes on after a cut; parts need the key both ways (S3 user guide,
        "Multipart upload API and permissions", 2026).
        """
        return (
            Statement(
                sid=f"List{what}AndUploads",
                actions=("s3:ListBucket", "s3:ListBucketMultipartUploads"),
                resources=(self.bucket_arn,),
            ),
            Statement(
                sid=f"Load{what}",
                actions=(
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                ),
                resources=(self._objects,),
            ),
            self._through_s3(f"Encrypt{what}", "kms:Decrypt", "kms:GenerateDataKey"),
        )

    def keeping(self, what: str) -> tuple[Statement, ...]:
        """Allow what a program needs whose bucket it is: of objects all, of the bucket to list it.

        Old versions are not its own to delete.
        """
        return (
            Statement(
                sid=f"List{what}AndUploads",
                actions=("s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation"),
                resources=(self.bucket_arn,),
            ),
            Statement(
                sid=f"Keep{what}",
                actions=(
                    "s3:GetObject",
                    "s3:PutObject",
                    "s3:DeleteObject",
                    "s3:AbortMultipartUpload",
                    "s3:ListMultipartUploadParts",
                ),
                resources=(self._objects,),
            ),
            self._through_s3(f"Encrypt{what}", "kms:Decrypt", "kms:GenerateDataKey"),
        )

    @property
    def _objects(self) -> pulumi.Output[str]:
        return pulumi.Output.concat(self.bucket_arn, "/", EVERYTHING)

    def _through_s3(self, sid: str, *actions: str) -> Statement:
        """Allow the key's use through S3 alone: it encrypts the cluster's secrets, too."""
        return Statement(
            sid=sid,
            actions=actions,
            resources=(self.key_arn,),
            conditions={
                "StringEquals": {"kms:ViaService": f"s3.{self.platform.region}.amazonaws.com"}
            },
        )
