"""Machines against pods: what a pod asks for, which machines take it, and whether all of them fit together."""
