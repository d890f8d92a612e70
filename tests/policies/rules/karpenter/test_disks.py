"""Disks of machines hold what their pods bring."""

from policies.rules.karpenter.disks import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "karpenter/disks")
