"""Thresholds of alerts: one source for each, by environment.

Owns where normal ends, for what no stack file says; what a service promises its users is the
section `slo` of a stack file. Does not own the expressions that compare.
"""
