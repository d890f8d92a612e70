"""What must hold for Karpenter and the machines it makes."""
