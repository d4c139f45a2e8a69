"""The way down of an environment, and the look at what is left of it.

Shared by real use and by the rehearsal: both hand in an engine, a cluster and an account.
"""
