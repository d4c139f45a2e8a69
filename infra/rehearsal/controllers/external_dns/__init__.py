"""external-dns, played: hosts of routes become records in the simulated clouds' zones, and go.

Sources of all names, rules and the order of calls in this folder: kubernetes-sigs/external-dns
v0.21.0 (066a11e21), controller, plan, registry/txt, endpoint and source/gateway.go, read
2026-11-27. Nobody compared what it does with a real one.
"""
