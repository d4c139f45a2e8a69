"""Policy as code: may this be created, and may it cost this much? Comes with the estimate."""
