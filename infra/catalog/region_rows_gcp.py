"""Regions of Google Cloud that sell our GPU machines, and in which of their zones.

A zone of Google Cloud has one name for everybody. A zone that is missing here is not known to sell
the machine. The zones of n2-standard were read off n2-highmem, the same series.
"""

from collections.abc import Mapping

SOURCE = "skypilot-org/skypilot-catalog@2c3d7ea catalogs/v9/gcp/vms.csv"
SOURCE_DATE = "2026-11-26"
"""When it was read. Google's price list, of which it is made, bears no date in it."""

EVERYWHERE = ("e2", "e2-standard", "n2-standard")
"""Families that all zones of all these regions sell."""

# name, letters of its zones, and for each machine family (or single type, which comes first) the
# letters of the zones that sell it.
GCP_ROWS: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "asia-east1",
        "abc",
        {"g2-standard": "abc", "g4-standard": "ab", "a3-highgpu": "c", "a3-megagpu": "c"},
    ),
    (
        "asia-northeast1",
        "abc",
        {"g2-standard": "abc", "a2-highgpu": "ac", "a3-highgpu": "b", "a3-megagpu": "b"},
    ),
    ("asia-northeast3", "abc", {"g2-standard": "ab", "a2-highgpu": "ab"}),
    (
        "asia-south1",
        "abc",
        {"g2-standard": "abc", "g4-standard": "c", "a3-highgpu": "c", "a3-ultragpu": "b"},
    ),
    ("asia-south2", "abc", {"g4-standard": "ac", "a3-highgpu": "b", "a3-ultragpu": "c"}),
    (
        "asia-southeast1",
        "abc",
        {
            "g2-standard": "abc",
            "g4-standard": "abc",
            "a2-highgpu": "abc",
            "a2-megagpu": "ac",
            "a2-ultragpu": "c",
            "a3-highgpu": "bc",
            "a3-megagpu": "bc",
        },
    ),
    ("asia-southeast2", "abc", {"g4-standard": "bc"}),
    ("australia-southeast1", "abc", {"a3-highgpu": "c", "a3-megagpu": "c"}),
    ("europe-north1", "abc", {"g4-standard": "abc", "a3-highgpu": "c", "a3-megagpu": "c"}),
    (
        "europe-west1",
        "bcd",
        {
            "g2-standard": "bc",
            "g4-standard": "c",
            "a3-highgpu": "bc",
            "a3-megagpu": "bc",
            "a3-ultragpu": "b",
        },
    ),
    ("europe-west2", "abc", {"g2-standard": "ab", "g4-standard": "bc"}),
    ("europe-west3", "abc", {"g2-standard": "ab", "a3-highgpu": "c", "a3-megagpu": "c"}),
    (
        "europe-west4",
        "abc",
        {
            "g2-standard": "abc",
            "g4-standard": "abc",
            "a2-highgpu": "ab",
            "a2-megagpu": "ab",
            "a2-ultragpu": "a",
            "a3-highgpu": "bc",
            "a3-megagpu": "bc",
            "a3-ultragpu": "a",
        },
    ),
    ("europe-west6", "abc", {"g2-standard": "bc"}),
    ("europe-west8", "abc", {"g4-standard-384": "bc", "g4-standard": "b"}),
    ("europe-west9", "abc", {"a3-highgpu": "c"}),
    ("me-central2", "abc", {"g2-standard": "ac", "g4-standard": "a"}),
    ("me-west1", "abc", {"a2-highgpu": "ac"}),
    ("northamerica-northeast1", "abc", {"g2-standard": "bc"}),
    ("northamerica-northeast2", "abc", {"g2-standard": "ab"}),
    (
        "us-central1",
        "abcf",
        {
            "g2-standard": "abc",
            "g4-standard": "bf",
            "a2-highgpu": "abcf",
            "a2-megagpu": "abcf",
            "a2-ultragpu": "ac",
            "a3-highgpu": "abc",
            "a3-megagpu": "abc",
            "a3-ultragpu": "b",
        },
    ),
    ("us-east1", "bcd", {"g2-standard": "bcd", "g4-standard": "bd", "a2-highgpu": "b"}),
    (
        "us-east4",
        "abc",
        {
            "g2-standard": "ac",
            "g4-standard": "bc",
            "a2-ultragpu": "c",
            "a3-highgpu": "abc",
            "a3-megagpu": "abc",
            "a3-ultragpu": "b",
        },
    ),
    (
        "us-east5",
        "abc",
        {
            "g4-standard": "abc",
            "a2-ultragpu": "ab",
            "a3-highgpu": "a",
            "a3-megagpu": "a",
            "a3-ultragpu": "a",
        },
    ),
    ("us-south1", "abc", {"g4-standard": "ab", "a3-ultragpu": "b"}),
    (
        "us-west1",
        "abc",
        {
            "g2-standard": "abc",
            "g4-standard": "abc",
            "a2-highgpu": "b",
            "a3-highgpu": "ab",
            "a3-megagpu": "ab",
            "a3-ultragpu": "c",
        },
    ),
    ("us-west3", "abc", {"g4-standard": "a", "a2-highgpu": "b"}),
    (
        "us-west4",
        "abc",
        {
            "g2-standard": "ac",
            "g4-standard": "ac",
            "a2-highgpu": "b",
            "a3-highgpu": "a",
            "a3-megagpu": "a",
        },
    ),
)
