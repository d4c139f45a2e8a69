"""What a stack cost: OpenCost's figures by pool, model and tenant, beside the estimate.

`opencost` and `tokens` read what OpenCost and Prometheus answer, `attribute` says whose each dollar
is, `text` shows it. What cannot be attributed stays in the sum, with its reason.
"""
