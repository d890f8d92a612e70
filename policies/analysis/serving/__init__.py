"""What KServe and KEDA make of what is written."""
