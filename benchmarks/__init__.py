"""Speed against peers and against floors: `python -m benchmarks`."""
