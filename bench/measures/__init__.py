"""Benchmarks and simulations of the statistics library. Run: python -m bench.measures [NAME ...]"""
