"""Whether every Kubernetes object has the shape its API defines."""
