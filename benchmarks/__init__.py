"""What the project's structure costs: ratios within one run, never seconds as a criterion.

Owns a flat twin of a stack's program (`trace`, `flat`, `equal`), a larger stack (`projects`), the
measurements (`memory`, `measure`) and what they mean (`results`, `table`).
Does not own the rehearsal: sites and engine are its own, the programs run as anywhere else.
"""
