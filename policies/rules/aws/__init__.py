"""Rules for AWS resources."""
