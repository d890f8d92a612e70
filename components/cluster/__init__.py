"""The EKS control plane, who may enter it, its add-ons and its own nodes."""
