"""A stand-in Bitrix24 for the demo, the tests and the benchmarks."""
