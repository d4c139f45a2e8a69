"""The simulated AWS of a rehearsal: a Pulumi provider over moto, strict where moto is lax."""
