"""Flow logs."""

from components.gcp.flow_logs import flow_log_config, flow_log_filter


def test_without_them_the_subnetwork_has_no_setting() -> None:
    assert flow_log_config(on=False) is None


def test_the_filter_matches_one_subnetwork_only() -> None:
    assert flow_log_filter("a") == (
        '(resource.type="gce_subnetwork" AND resource.labels.subnetwork_name="a")'
    )
