"""Policy as code: may this be created, and may it cost this much?

Owns the rules, their thresholds and their exceptions. `__main__` is the pack that the engine starts
(`pulumi preview --policy-pack policies`); everything else is pure and starts nothing.
"""
