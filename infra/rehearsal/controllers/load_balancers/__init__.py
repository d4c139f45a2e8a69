"""The AWS Load Balancer Controller, as far as a Service of its class needs it."""
