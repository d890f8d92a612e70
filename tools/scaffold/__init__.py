"""Begins a rule or a component: the files that every one needs, green from the start, to be edited."""
