"""Testing adapters: the contract that every network's adapter keeps, for ours and for anybody's.

A package that adds a network tests it as we test ours: `contract` has the tests, `bench` what a
network is looked into and told to fail with, `server` a fake server, `fixtures` puts them together.
The handbook's page on adding a network walks through it. Needs pytest, which mimin itself does not.
"""
