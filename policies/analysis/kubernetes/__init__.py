"""What Kubernetes objects have in common: metadata, RBAC, charts, KEDA."""
