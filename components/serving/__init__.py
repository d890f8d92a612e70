"""KServe, its runtimes, and scaling."""
