"""Benchmarks: `python3 dev bench`. They measure and print, and fail only when what they measure does not work."""
