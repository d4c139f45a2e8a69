"""AWS IAM policy documents: read, asked, and looked over, without AWS.

Owns the language of policies: `documents` reads them, `evaluate` answers one request, `audit` finds
what is too wide. Whatever is not understood raises; an element that were skipped in silence would
make the answer wrong.
Its part `gcp` does the same for roles and bindings of Google Cloud.
Does not own which documents a stack has, or whose: that is the graph's business.
"""
