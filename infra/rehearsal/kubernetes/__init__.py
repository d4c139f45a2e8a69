"""The Kubernetes stand-in: what the engine runs as its `kubernetes` provider in a rehearsal.

It speaks the Pulumi provider protocol on one side and to a real API server on the other. Schemas,
admission, CEL rules, quotas and scheduling are therefore the real ones; only the provider between
is ours. What it does not serve it refuses by name.
"""
