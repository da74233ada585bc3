"""Keeping the accounts safe."""
