"""Judging a stack without an account: capture, shape check, judge, report."""
