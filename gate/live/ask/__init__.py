"""The asking program: a plan comes in as JSON, answers go out as JSON; it needs boto3 and nothing else of ours."""
