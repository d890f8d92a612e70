"""Who somebody is: tokens are verified at the front door, and statements are signed there."""
