"""What spot machines of AWS cost in the zones of us-east-1: low, median and high.

Owns the figures, in US dollars per hour. Spot prices move within hours: a range of one day says how
far zones lie apart, not what tomorrow brings.
"""

SOURCE = (
    "skypilot-org/skypilot-catalog@2c3d7ea catalogs/v9/aws/vms.csv, zones of us-east-1 "
    "(of 2026, read 2026-11-26)"
)
SOURCE_DATE = "2026-11-26"

# Machine type, cheapest zone, median of the zones, dearest zone.
AWS_ROWS: tuple[tuple[str, float, float, float], ...] = (
    ("g5.xlarge", 0.4328, 0.4423, 0.4516),
    ("g6.xlarge", 0.347, 0.3618, 0.5525),
    ("g6.2xlarge", 0.4235, 0.5019, 0.7176),
    ("g6.4xlarge", 0.5549, 0.5976, 0.8684),
    ("g6.8xlarge", 0.8316, 1.1198, 1.1297),
    ("g6.48xlarge", 4.4334, 6.4205, 7.6405),
    ("gr6.4xlarge", 0.653, 0.6898, 0.7245),
    ("gr6.8xlarge", 0.9514, 0.97475, 0.9897),
    ("g6e.2xlarge", 0.8402, 0.98925, 1.0992),
    ("g6e.4xlarge", 1.158, 1.18475, 1.1909),
    ("g6e.8xlarge", 1.3292, 1.3943, 1.698),
    ("g6e.12xlarge", 3.421, 4.69195, 5.0889),
    ("g6e.16xlarge", 2.0591, 2.1368, 2.1677),
    ("g6e.24xlarge", 4.437, 4.65135, 4.8481),
    ("g6e.48xlarge", 4.5998, 11.3942, 11.8539),
)
