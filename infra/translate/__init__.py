"""A stack file of one cloud as a stack file of the other: what changes, why, and what it costs."""
