"""Controllers inside a cluster that make things in the cloud account, outside of Pulumi's state."""
