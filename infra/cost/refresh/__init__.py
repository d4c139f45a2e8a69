"""Asking the clouds what machines cost now, and a file of reviewed answers for the catalogue.

Owns the calls (`aws`, `gcp`), what is believed of an answer (`rules`) and the difference that a
person reviews (`review`). Does not own the file's form (`infra.catalog.refreshed`). Nothing else of
`infra.cost` asks a cloud.
"""
