"""Taking away what was brought up for a while: preview stacks whose day has come.

`judge` says of one stack's state what may be done with it, `run` does it through a port to the
backend, `backend` is that port for Pulumi's own command.
"""
