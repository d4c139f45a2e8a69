"""How long a cluster's log is kept, on the other cloud: never shorter than before if it can be."""

from pathlib import Path

import pytest

from infra.spec.cloud import CloudProvider
from tests.unit.spec.stacks import a_gcp_stack, a_stack
from tests.unit.translate.test_translate import loaded, moved, reasons


@pytest.mark.parametrize(("days", "kept"), [(10, 14), (90, 90)])
def test_on_aws_a_log_is_kept_for_the_next_longer_time_that_there_is(
    days: int, kept: int, tmp_path: Path
) -> None:
    there = moved(tmp_path, a_gcp_stack(cluster={"logRetentionDays": days}), CloudProvider.AWS)

    (spec,) = loaded(tmp_path, [there])
    assert spec.cluster.log_retention_days == kept
    assert ("cluster.logRetentionDays" in reasons(there)) == (days != kept)


def test_on_google_cloud_a_log_is_kept_for_ten_years_at_most(tmp_path: Path) -> None:
    there = moved(tmp_path, a_stack(cluster={"logRetentionDays": 3653}), CloudProvider.GCP)

    (spec,) = loaded(tmp_path, [there])
    assert spec.cluster.log_retention_days == 3650
