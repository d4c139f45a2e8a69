"""The API of the simulated Google project: what calls do, what they refuse, and in which words."""
