"""What is wrong with a running platform: its alerts, and the commands of their runbooks."""
