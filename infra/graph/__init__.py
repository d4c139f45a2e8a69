"""The resource graph of the program: recorded without an engine, checked, shown and compared.

Owns what the program declares: resources, options, dependencies, invokes and outputs.
Does not own what a cloud answers: every computed value is a symbol such as `${cluster.endpoint}`.
"""
