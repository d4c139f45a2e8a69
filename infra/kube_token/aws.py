"""Tokens for the Kubernetes API server of an EKS cluster.

Owns: the token that `aws eks get-token` would print, made without the AWS CLI: a presigned URL of
STS GetCallerIdentity, wrapped as an ExecCredential. Nothing is sent anywhere; only the credentials
themselves may need the network, when they come from a role or a single sign-on.
Does not own: the command line around it.

Format: kubernetes-sigs/aws-iam-authenticator, "How does it work", v0.6 (token prefix, header
`x-k8s-aws-id`, URL valid for 60 s, token for 15 minutes).
"""

import base64
from datetime import UTC, datetime, timedelta

import boto3
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError, ClientError

from infra.kube_token.credential import KubeTokenError, exec_credential

TOKEN_PREFIX = "k8s-aws-v1."  # noqa: S105 - a public marker in front of every token
CLUSTER_HEADER = "x-k8s-aws-id"
URL_VALID_SECONDS = 60
TOKEN_VALID_MINUTES = 14
"""One less than the API server grants, so that a client renews in time."""


def kube_token(cluster: str, region: str, session: boto3.session.Session | None = None) -> str:
    """Return an ExecCredential as JSON text, valid for 14 minutes.

    Args:
        cluster: name of the EKS cluster; the token is good for no other.
        region: AWS region of the cluster.
        session: where credentials come from; the SDK's own chain when absent.

    Raises:
        KubeTokenError: no credentials were found, they are incomplete, AWS refuses the role or the
            session behind them, or the region is unknown.
    """
    for setting, value, is_to_be in (
        ("cluster", cluster, "the name of an EKS cluster"),
        ("region", region, "the region of that cluster"),
    ):
        if not value:
            message = f"{setting}: must be {is_to_be} (got ''); pass --{setting} VALUE"
            raise KubeTokenError(message)
    try:
        session = session or boto3.session.Session(region_name=region)
        suffix = _dns_suffix(session, region)
        credentials = session.get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
    except (BotoCoreError, ClientError) as error:  # a ClientError: AWS refused the role
        message = (
            f"AWS credentials cannot be used: {error}; check with `aws sts get-caller-identity`"
        )
        raise KubeTokenError(message) from error
    if frozen is None or not frozen.access_key or not frozen.secret_key:
        message = (
            "no AWS credentials were found; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            "AWS_SECRET_ACCESS_KEY, or run on a machine with a role"
        )
        raise KubeTokenError(message)
    request = AWSRequest(
        method="GET",
        url=f"https://sts.{region}.{suffix}/?Action=GetCallerIdentity&Version=2011-06-15",
        headers={CLUSTER_HEADER: cluster},
    )
    SigV4QueryAuth(frozen, "sts", region, expires=URL_VALID_SECONDS).add_auth(request)
    url = str(request.prepare().url)
    encoded = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    expires = datetime.now(UTC) + timedelta(minutes=TOKEN_VALID_MINUTES)
    return exec_credential(TOKEN_PREFIX + encoded, expires)


def _dns_suffix(session: boto3.session.Session, region: str) -> str:
    try:
        partition = session.get_partition_for_region(region)
    except BotoCoreError as error:
        message = f"region: {region!r} is not an AWS region: {error}"
        raise KubeTokenError(message) from error
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
