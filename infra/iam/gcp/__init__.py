"""IAM of Google Cloud: roles, bindings and conditions, read, asked and looked over, without Google.

Owns the language of grants: `roles` says what a role is, `bindings` reads who gets which where,
`conditions` judges what holds a grant back, `evaluate` answers one request, `audit` finds what is
too wide. Whatever is not understood raises: a role that were unknown in silence would look like one
that allows nothing.
Does not own which bindings a stack has: that is the graph's business. Does not own deny policies
and principal access boundaries, which only take away: no stack of ours has one.
"""
