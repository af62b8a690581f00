"""Measurements anybody can repeat: `make bench SIZE=10k|100k|1m`. Never part of the tests."""
