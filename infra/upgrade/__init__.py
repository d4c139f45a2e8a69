"""Does the present code keep what a platform of the last release runs?

Owns what is kept of a release (`kept.py`) and the judgement of what would happen to it: of recorded
graphs (`proof.py`), and of an engine's preview (`preview.py`). What changes between two graphs is
`infra.review`'s business. Starts no engine and asks no cloud.
"""
