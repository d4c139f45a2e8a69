"""What keeps things in the simulated project: keys, buckets, repositories."""
