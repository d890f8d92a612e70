"""What an account holds before a platform is brought up in it: trust, state, deploy roles, boundaries."""
