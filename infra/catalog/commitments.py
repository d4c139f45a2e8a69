"""What machines cost when they are bought for a year or three: list prices, one region a cloud.

Owns the rates, their sources, and which size follows from which. What is missing here has no rate
that is known: such a machine stays on demand.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from infra.catalog.prices import REGIONS


class Term(StrEnum):
    """For how long."""

    ONE_YEAR = "1y"
    THREE_YEARS = "3y"

    @property
    def years(self) -> int:
        """Number of years."""
        return int(self.value[0])

    @property
    def said(self) -> str:
        """The term in words: `1 year`."""
        return "1 year" if self.years == 1 else f"{self.years} years"


@dataclass(frozen=True, kw_only=True)
class CommitmentRate:
    """What one machine costs, whether or not it runs."""

    usd: Decimal
    unit: str
    """`hour` or `month`, as the source has it."""
    source: str
    source_date: str
    """ISO 8601."""


def commitment_rate(
    cloud: str, region: str, machine_type: str, term: Term
) -> CommitmentRate | None:
    """Return the rate of a machine; None where no source says."""
    if region != REGIONS[cloud]:
        return None
    if cloud == "aws":
        hourly = _AWS_ONE_YEAR.get(machine_type) if term is Term.ONE_YEAR else None
        if hourly is None:
            return None
        return CommitmentRate(
            usd=Decimal(hourly), unit="hour", source=_VANTAGE, source_date="2025-11-30"
        )
    row, times, parts = _SAME_SERIES.get(machine_type, (machine_type, 1, 1))
    if row not in _GCP:
        return None
    monthly = _GCP[row][0 if term is Term.ONE_YEAR else 1]
    return CommitmentRate(
        usd=Decimal(monthly) * times / parts,
        unit="month",
        source=_CALCULATOR,
        source_date="2026-07-30",
    )


_VANTAGE = (
    "tsaol/aws-gpu@77fcd9f data/all_gpu_instances.js, from instances.vantage.sh: Standard Reserved "
    "Instance, 1 year, nothing upfront"
)
_CALCULATOR = "Cyclenerd/google-cloud-pricing-cost-calculator@fd66b26 pricing.yml"

# US dollars an hour, us-east-1. P5, P5en, G7e and M7i have no rate in the source, three years none.
_AWS_ONE_YEAR = {
    "g5.xlarge": "0.63378",
    "g5.2xlarge": "0.76356",
    "g5.4xlarge": "1.02312",
    "g5.8xlarge": "1.54224",
    "g5.12xlarge": "3.57336",
    "g5.16xlarge": "2.58048",
    "g5.24xlarge": "5.13072",
    "g5.48xlarge": "10.26144",
    "g6.xlarge": "0.52392",
    "g6.2xlarge": "0.63642",
    "g6.4xlarge": "0.8614",
    "g6.8xlarge": "1.31137",
    "g6.12xlarge": "2.99564",
    "g6.16xlarge": "2.21132",
    "g6.24xlarge": "4.34556",
    "g6.48xlarge": "8.69111",
    "gr6.4xlarge": "1.00202",
    "gr6.8xlarge": "1.59261",
    "g6e.xlarge": "1.17243",
    "g6e.2xlarge": "1.41251",
    "g6e.4xlarge": "1.89267",
    "g6e.8xlarge": "2.85299",
    "g6e.12xlarge": "6.61036",
    "g6e.16xlarge": "4.77363",
    "g6e.24xlarge": "9.49132",
    "g6e.48xlarge": "18.98264",
    "p4d.24xlarge": "13.921094",
    "p4de.24xlarge": "17.401365",
}
# US dollars a month for a year and for three, us-central1: resource-based committed use. The source
# has none for A2 and G4.
_GCP = {
    "g2-standard-8": ("392.58179878", "280.41555627"),
    "g2-standard-12": ("460.09144542", "328.63672535"),
    "g2-standard-16": ("527.60109206", "376.85789443"),
    "g2-standard-48": ("1840.36578168", "1314.5469014"),
    "a3-highgpu-1g": ("5601.26008308", "3546.37477674"),
    "a3-highgpu-8g": ("44810.08066464", "28370.99821392"),
    "e2-standard-8": ("123.27418312", "88.05299128"),
    "n2-standard-96": ("2143.81728", "1531.45824"),
}
# Sizes by one of their series with as much memory and as many GPUs a vCPU: so many of its parts.
_SAME_SERIES = {
    "g2-standard-24": ("g2-standard-12", 2, 1),
    "g2-standard-96": ("g2-standard-12", 8, 1),
    "a3-highgpu-2g": ("a3-highgpu-1g", 2, 1),
    "a3-highgpu-4g": ("a3-highgpu-1g", 4, 1),
    **{f"e2-standard-{vcpus}": ("e2-standard-8", vcpus, 8) for vcpus in (2, 4, 16, 32)},
    **{
        f"n2-standard-{vcpus}": ("n2-standard-96", vcpus, 96)
        for vcpus in (2, 4, 8, 16, 32, 48, 64, 80)
    },
}
