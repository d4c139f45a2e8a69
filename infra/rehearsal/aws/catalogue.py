"""Every resource type that the rehearsal plays. What is not here is refused, never faked."""

from infra.rehearsal.aws import (
    types_alarms,
    types_anomalies,
    types_budgets,
    types_compute,
    types_dns,
    types_ec2,
    types_ecr,
    types_eks,
    types_eks_access,
    types_eks_addons,
    types_elasticache,
    types_elasticache_users,
    types_endpoints,
    types_iam,
    types_kms,
    types_logs,
    types_metrics,
    types_routes,
    types_s3,
    types_s3_settings,
    types_scaling,
    types_secrets,
)
from infra.rehearsal.cloud.table import by_token

TYPES = by_token(
    (
        *types_ec2.ROWS,
        *types_routes.ROWS,
        *types_endpoints.ROWS,
        *types_compute.ROWS,
        *types_iam.ROWS,
        *types_kms.ROWS,
        *types_logs.ROWS,
        *types_metrics.ROWS,
        *types_s3.ROWS,
        *types_s3_settings.ROWS,
        *types_ecr.ROWS,
        *types_eks.ROWS,
        *types_eks_access.ROWS,
        *types_scaling.ROWS,
        *types_secrets.ROWS,
        *types_eks_addons.ROWS,
        *types_elasticache.ROWS,
        *types_elasticache_users.ROWS,
        *types_alarms.ROWS,
        *types_budgets.ROWS,
        *types_anomalies.ROWS,
        *types_dns.ROWS,
    )
)
