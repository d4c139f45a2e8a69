"""What an account needs before a first `up`: state, a key, whom CI is, and roles that are split.

Done once, by an administrator, outside of Pulumi: its state would have nowhere to be. Every step
looks first and changes only what is not as it should be, so that a second run changes nothing and a
run after one that was cut goes on from there.
Does not own what a stack makes (`infra.layers`).
"""
