"""Adds one entry to a stack file, for people who have no rights on the cluster.

Owns what an entry must say that nobody said, where its lines go, and what a person is told before
and after. Does not own whether a stack is right (`infra.spec`), what fits (`infra.sizing`) or what
it costs (`infra.cost`): all three are asked before anything is written. Asks no cloud.
"""
