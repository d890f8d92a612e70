"""KServe's objects as its controllers merge them."""
