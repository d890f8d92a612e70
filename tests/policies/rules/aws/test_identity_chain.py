"""An identity end to end: association, trust, tags, boundary, session policy."""

from policies.rules.aws.identity_chain import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "aws/identity_chain")
