"""A platform that runs for some hours in a Prometheus, and pictures of the dashboards from it."""
