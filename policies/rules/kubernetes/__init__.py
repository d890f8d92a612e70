"""What must hold for objects of Kubernetes."""
