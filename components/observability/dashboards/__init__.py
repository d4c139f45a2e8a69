"""Dashboards of a stack, as code.

`boards.dashboards(spec)` returns them, `grafana.to_json` is what Grafana reads.
"""
