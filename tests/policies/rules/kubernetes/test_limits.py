"""What a namespace may have holds what stands in it."""

from policies.rules.kubernetes.limits import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "kubernetes/limits")
