"""Dashboards of a stack, as code.

`boards.dashboards(spec)` returns them, `config_map.config_map` makes the object that carries one.
"""
