"""What an interrupted update left in the cloud, found and put into the stack's state.

Owns: how each type of resource is found by calls that the cloud has (`aws/`, `gcp/`), what is to be
done (`plan.py`), how the state says it (`checkpoint.py`), and the order of it all (`recover.py`).
Does not own: creating or deleting anything. The engine does, through its provider.
"""
