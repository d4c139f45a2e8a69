"""What a stack costs: a resource graph priced from dated list prices, with no cloud and no engine.

Owns quantities, assumptions and sums. Does not own prices (`infra.catalog`), caps (`policies`) or
the comparison of two states (`infra.review`).
"""
