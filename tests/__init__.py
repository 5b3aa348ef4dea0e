"""The tests: one file per verb or question. conftest.py says which fixtures there are, builders.py makes rows."""
