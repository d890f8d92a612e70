"""Machines: the system nodes, Karpenter and its pools, and where pods go."""
