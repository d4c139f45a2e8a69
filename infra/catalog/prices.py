"""What a machine costs per hour: list prices that were collected, one region for each cloud.

Owns the figures, in US dollars without taxes, discounts or commitments, and their sources. A price
that no source gives is None: unknown, never zero. Prices of other regions differ; so do those of
today: spot prices change from hour to hour on AWS and once a month on Google Cloud.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from infra.catalog import spot_prices
from infra.catalog.refreshed import refreshed

REGIONS: Mapping[str, str] = {"aws": "us-east-1", "gcp": "us-central1"}
"""The region whose prices these are."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """What one machine costs per hour."""

    on_demand_usd_per_hour: float | None
    """On demand; None when no source gives it."""
    spot_usd_per_hour: float | None
    """As spot, in the median zone of the region; None when no source gives it."""
    spot_range_usd_per_hour: tuple[float, float] | None = None
    """In the cheapest and the dearest zone. None: a price for the whole region, or only the median
    was collected."""
    source: str
    """Where the figures come from."""
    source_date: str
    """Date of the source, ISO 8601."""
    spot_source: str = ""
    """Where the spot price comes from, when not from the same place."""
    spot_source_date: str = ""
    """Date of that source."""

    def usd_per_hour(self, buying: str) -> float | None:
        """Return the price of a way of buying; None when it is unknown."""
        return {"on-demand": self.on_demand_usd_per_hour, "spot": self.spot_usd_per_hour}.get(
            buying
        )

    def date_of(self, buying: str) -> str:
        """Return the date of the price of a way of buying; empty when it is unknown."""
        if buying == "spot" and self.spot_source_date:
            return self.spot_source_date
        return self.source_date

    def source_of(self, buying: str) -> str:
        """Return the source of the price of a way of buying; empty when it is unknown."""
        return self.spot_source if buying == "spot" and self.spot_source else self.source


UNKNOWN = Price(on_demand_usd_per_hour=None, spot_usd_per_hour=None, source="", source_date="")
"""The price of a machine of which no source gives one."""

_Row = tuple[str, float | None, float | None]

_KARPENTER = (
    "aws/karpenter-provider-aws@1d92708 pkg/providers/pricing/zz_generated.pricing_aws.go; spot: "
    "skypilot-org/skypilot-catalog@2c3d7ea catalogs/v9/aws/vms.csv, median of the zones"
)
_CALCULATOR = "Cyclenerd/google-cloud-pricing-cost-calculator@fd66b26 pricing.yml"
_KARPENTER_GCP = (
    "cloudpilot-ai/karpenter-provider-gcp@417f047 pkg/providers/pricing/initial-prices.json"
)
_SKYPILOT = (
    "skypilot-org/skypilot-catalog@2c3d7ea catalogs/v9/gcp/vms.csv: host and GPUs, no local SSD"
)

# Machine type, US dollars per hour on demand and as spot.
_AWS: tuple[_Row, ...] = (
    ("t3.medium", 0.0416, None),
    ("t3.large", 0.0832, None),
    ("m6i.large", 0.096, None),
    ("m7i.large", 0.1008, None),
    ("m6i.xlarge", 0.192, None),
    ("m7i.xlarge", 0.2016, None),
    ("m6i.2xlarge", 0.384, None),
    ("m7i.2xlarge", 0.4032, None),
    ("m6i.4xlarge", 0.768, None),
    ("m7i.4xlarge", 0.8064, None),
    ("g5.xlarge", 1.006, None),
    ("g6.xlarge", 0.8048, 0.3618),
    ("g6e.xlarge", 1.861, 0.9971),
    ("g5.2xlarge", 1.212, None),
    ("g6.2xlarge", 0.9776, None),
    ("g6e.2xlarge", 2.24208, None),
    ("g7e.2xlarge", 3.36312, None),
    ("g5.4xlarge", 1.624, None),
    ("g6.4xlarge", 1.3232, None),
    ("gr6.4xlarge", 1.5392, None),
    ("g6e.4xlarge", 3.00424, None),
    ("g7e.4xlarge", 3.99816, None),
    ("p5.4xlarge", 6.88, 6.6034),
    ("g5.8xlarge", 2.448, None),
    ("g6.8xlarge", 2.0144, None),
    ("gr6.8xlarge", 2.4464, None),
    ("g6e.8xlarge", 4.52856, 1.3943),
    ("g7e.8xlarge", 5.26824, None),
    ("g5.12xlarge", 5.672, None),
    ("g6.12xlarge", 4.6016, None),
    ("g6e.12xlarge", 10.49264, 4.69195),
    ("g7e.12xlarge", 8.28608, 1.7461),
    ("g5.16xlarge", 4.096, None),
    ("g6.16xlarge", 3.3968, None),
    ("g6e.16xlarge", 7.57719, None),
    ("g5.24xlarge", 8.144, None),
    ("g6.24xlarge", 6.6752, None),
    ("g6e.24xlarge", 15.06559, None),
    ("g7e.24xlarge", 16.57216, None),
    ("p4d.24xlarge", 21.957642, None),
    ("p4de.24xlarge", 27.44705, None),
    ("g5.48xlarge", 16.288, None),
    ("g6.48xlarge", 13.3504, None),
    ("g6e.48xlarge", 30.13118, None),
    ("g7e.48xlarge", 33.14432, None),
    ("p5.48xlarge", 55.04, 18.6838),
    ("p5en.48xlarge", 63.296, 15.8566),
)
_GCP: tuple[_Row, ...] = (
    ("g2-standard-4", 0.706832, 0.397336),
    ("g2-standard-8", 0.853624, 0.479872),
    ("g2-standard-12", 1.000416, 0.562408),
    ("a2-highgpu-1g", 3.673385, 1.92802),
    ("a2-ultragpu-1g", 5.068798, 2.759546),
    ("g2-standard-16", 1.147208, 0.644944),
    ("g2-standard-24", 2.000833, 1.124816),
    ("a2-highgpu-2g", 7.34677, 3.85604),
    ("a2-ultragpu-2g", 10.137596, 5.519093),
    ("a3-highgpu-1g", 11.06125, 6.326193),
    ("g2-standard-32", 1.734376, 0.975088),
    ("g4-standard-48", 4.49993, 1.79982),
    ("g2-standard-48", 4.001665, 2.249632),
    ("a2-highgpu-4g", 14.69354, 7.71208),
    ("a2-ultragpu-4g", 20.275192, 11.038185),
    ("a3-highgpu-2g", 22.1225, 12.652385),
    ("g4-standard-96", 8.99986, 3.59964),
    ("g2-standard-96", 8.00333, 4.499264),
    ("a2-highgpu-8g", 29.38708, 15.42416),
    ("a2-megagpu-16g", 55.739504, 29.25568),
    ("a2-ultragpu-8g", 40.550383, 22.07637),
    ("a3-highgpu-4g", 44.245, 25.30477),
    ("g4-standard-192", 17.99972, 7.19928),
    ("a3-highgpu-8g", 88.49, 50.609541),
    ("g4-standard-384", 35.99944, 14.39856),
)
_GCP_WITHOUT_GPU: tuple[_Row, ...] = (
    ("e2-medium", 0.03350571, 0.020106),
    ("e2-standard-2", 0.06701142, 0.040212),
    ("n2-standard-2", 0.097118, 0.04606),
    ("e2-standard-4", 0.13402284, 0.080424),
    ("n2-standard-4", 0.194236, 0.09212),
    ("e2-standard-8", 0.26804568, 0.160848),
    ("n2-standard-8", 0.388472, 0.18424),
)
_GCP_FROM_PARTS: tuple[_Row, ...] = (
    ("a3-megagpu-8g", 92.21427, 50.19552),
    ("a3-ultragpu-8g", 86.75992, 47.65752),
)


def price(cloud: str, machine_type: str) -> Price:
    """Return what a machine costs in the region of `REGIONS`; unknown when no source says."""
    return price_in(cloud, REGIONS[cloud], machine_type)


def price_in(cloud: str, region: str, machine_type: str) -> Price:
    """Return what a machine costs in a region; unknown in regions that were not collected."""
    known = _PRICES.get((cloud, machine_type), UNKNOWN) if region == REGIONS[cloud] else UNKNOWN
    on_demand = refreshed().get((cloud, region, machine_type, "on-demand"))
    spot = refreshed().get((cloud, region, machine_type, "spot"))
    if spot:
        known = replace(
            known,
            spot_usd_per_hour=spot.median,
            spot_range_usd_per_hour=None if spot.low == spot.high else (spot.low, spot.high),
            spot_source=spot.source,
            spot_source_date=spot.source_date,
        )
    if on_demand:
        known = replace(
            known,
            on_demand_usd_per_hour=on_demand.median,
            source=on_demand.source,
            source_date=on_demand.source_date,
            # A spot price that came from the same place as the older one keeps its source.
            spot_source=known.spot_source or known.source,
            spot_source_date=known.spot_source_date or known.source_date,
        )
    return known


def with_local_ssd(machine_type: str) -> bool:
    """Return whether the price of a machine of Google Cloud contains its bundled local SSDs."""
    return machine_type not in {name for name, _, _ in _GCP_FROM_PARTS}


def _priced(
    cloud: str, rows: Iterable[_Row], source: str, source_date: str
) -> dict[tuple[str, str], Price]:
    return {
        (cloud, name): Price(
            on_demand_usd_per_hour=on_demand,
            spot_usd_per_hour=spot,
            source=source,
            source_date=source_date,
        )
        for name, on_demand, spot in rows
    }


def _with_zones(prices: dict[tuple[str, str], Price]) -> dict[tuple[str, str], Price]:
    """Put the spot prices of the zones where they were collected."""
    found = dict(prices)
    for name, low, median, high in spot_prices.AWS_ROWS:
        found["aws", name] = replace(
            found["aws", name],
            spot_usd_per_hour=median,
            spot_range_usd_per_hour=(low, high),
            spot_source=spot_prices.SOURCE,
            spot_source_date=spot_prices.SOURCE_DATE,
        )
    return found


_PRICES = {
    **_with_zones(_priced("aws", _AWS, _KARPENTER, "2026-07-20")),
    **_priced("gcp", _GCP, _CALCULATOR, "2026-07-30"),
    **_priced("gcp", _GCP_WITHOUT_GPU, _KARPENTER_GCP, "2026-08-03"),
    **_priced("gcp", _GCP_FROM_PARTS, _SKYPILOT, "2026-11-26"),
}
