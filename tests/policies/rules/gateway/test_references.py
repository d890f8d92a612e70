"""What objects of a gateway name is there."""

from policies.rules.gateway.references import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "gateway/references")
