"""Who may do what in the simulated project: policies, roles, service accounts, the project."""
