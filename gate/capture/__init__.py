"""Running a Pulumi program without an account and keeping what it declares."""
