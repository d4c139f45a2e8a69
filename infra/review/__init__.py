"""What a change does to every stack: one comment for a pull request, and a report to look at.

Owns the comparison of two trees and how it is told. Does not own prices (`infra.cost`), rules
(`policies`) or the recording of a graph (`infra.graph`).
"""
