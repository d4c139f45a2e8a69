"""The simulated GKE: clusters and node pools of the simulated project."""
