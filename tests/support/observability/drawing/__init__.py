"""Dashboards as pictures, drawn from what a Prometheus answers."""
