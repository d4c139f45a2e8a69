"""Says whether PromQL expressions ask for metrics and labels that exist.

`names` is what exists: the pinned lists and what our rules record. `reading` follows an expression
and knows which labels its answer carries. `checking` is the way in: expressions in, mistakes out.
"""
