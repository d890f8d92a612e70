"""Objects that say nothing are found."""

from policies.rules.kubernetes.empty_objects import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "kubernetes/empty_objects")
