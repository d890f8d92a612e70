"""Rules whose cases are whole files of the corpus: the sentence that each defect yields, and silence beside it."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import yaml

from gate.ingest.adapters import read_paths
from policies.engine.evaluate import judge
from policies.engine.rule import Rule

CORPUS = Path(__file__).parents[1] / "corpus"
SENTENCES = yaml.safe_load((Path(__file__).parent / "corpus_sentences.yaml").read_text(encoding="utf-8"))


def corpus_test(rules: Sequence[Rule], module: str) -> Callable[..., None]:
    """A test over the files of a module (``aws/identity_chain``): exactly these sentences, or none.

    Every rule has a file that breaks it.
    """
    bad, good = SENTENCES[module]["bad"], SENTENCES[module]["good"]
    assert {rule for expected in bad.values() for rule in expected} == {rule.id for rule in rules}
    table = [*bad.items(), *((file, {}) for file in good)]

    @pytest.mark.parametrize(("file", "expected"), table, ids=[file for file, _ in table])
    def test_corpus(file: str, expected: dict[str, list[str]]) -> None:
        judged = judge(read_paths([CORPUS / file]), rules)
        found: dict[str, list[str]] = {}
        for finding in judged.findings:
            found.setdefault(finding.rule, []).append(finding.message)
        assert (found, judged.faults) == (expected, ())

    return test_corpus
