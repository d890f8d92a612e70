"""Rules about Kubernetes objects and the charts that bring them."""
