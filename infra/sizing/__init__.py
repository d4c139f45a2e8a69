"""Does a model fit its GPUs: the arithmetic of the engine's start, before anything costs money.

Owns weights, activation, KV cache and the verdict, all of one model server. Pure: no Pulumi, no
network, no file but those that a caller names. Formulas, sources and known errors: docs/sizing.md.
Does not own what a GPU costs, nor how fast it serves.
"""
