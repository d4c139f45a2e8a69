"""Processes that never outlive the rehearsal that started them.

Owns: how a child is tied to its owner (`parent`), found and ended with everything it started
(`trees`), named so that a reused process id is not mistaken for it (`identity`), and run under a
guard that ends its whole tree when the owner is gone (`guard`, `guarded`).
Does not own: which programs run, nor the long-living ones (`infra.rehearsal.supervisor`).

Why a guard: a process that is killed with SIGKILL cannot clean up after itself, and the engine puts
its plugins into process groups of their own. Only another process that outlives the owner can.
"""
