"""Tokenworks: what turns a stack file into a serving platform, and rehearses it first."""
