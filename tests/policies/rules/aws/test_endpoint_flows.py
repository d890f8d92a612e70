"""What nodes and pods need passes through VPC endpoints."""

from policies.rules.aws.endpoint_flows import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "aws/endpoint_flows")
