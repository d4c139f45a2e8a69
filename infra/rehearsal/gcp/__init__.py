"""The simulated Google Cloud of a rehearsal: a Pulumi provider over an API as strict as it is."""
