"""The image itself: built from registries, and run the way a node runs it. `make test-runtime-image`."""
