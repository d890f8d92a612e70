"""A report as JUnit XML: one test case a rule, as CI systems list them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from gate.core.printable import printable as without_control
from gate.render.origins import Origins
from gate.render.places import Places
from gate.report.report import Report
from policies.engine.catalog import RULES
from policies.engine.evaluate import Finding, Undecided
from policies.engine.graph import Graph
from policies.packs import PACKS


def printable(value: object) -> str:
    """Text without the two characters that XML 1.0 refuses and nothing else takes out."""
    return without_control(value).replace("\ufffe", "?").replace("\uffff", "?")


def as_junit(report: Report, origins: Origins | None = None) -> str:
    """The report as a test suite.

    A mandatory rule fails by its open findings and by what it could not decide. Advisory and waived findings
    stand in the output of a case that passes; a rule that nothing here falls under is skipped. Each line begins with
    the file and line that caused it, as far as ``origins`` or a manifest says.
    """
    graph = Graph(report.resources)
    lines = _Lines({r.urn: r.label for r in report.resources}, Places(report, origins))
    said: dict[str, list[Finding | Undecided]] = defaultdict(list)
    every: Sequence[Finding | Undecided] = (
        *report.open_findings,
        *report.waived_findings,
        *sorted(report.undecided),
    )
    for item in every:
        said[item.rule].append(item)
    idle = {r.id for r in RULES if r.id not in said and not graph.of_type(*r.applies_to)}
    apart = {r.id for r in RULES} - {r.id for r in PACKS[report.pack]} - said.keys()
    suite = Element("testsuite", name=printable(report.subject))
    for rule in sorted({*said, *(r.id for r in RULES)}):
        case = SubElement(suite, "testcase", classname=printable(report.subject), name=printable(rule))
        if rule in report.left_out:
            SubElement(case, "skipped", message="left out by --only or --skip")
        elif rule in apart:
            SubElement(case, "skipped", message="of a pack that was not asked (--pack all)")
        elif rule in idle:
            SubElement(case, "skipped", message="nothing here falls under it")
        else:
            _fill(case, said[rule], lines)
    for number, fault in enumerate(report.faults, 1):
        case = SubElement(suite, "testcase", classname=printable(report.subject), name=f"fault {number}")
        SubElement(case, "error", message=printable(fault))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(len(suite.findall(f"testcase/{tag}"))))
    suite.set("tests", str(len(suite)))
    suites = Element("testsuites")
    suites.append(suite)
    indent(suites, " ")
    # Written here, since the library names the machine's own encoding.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


@dataclass(frozen=True)
class _Lines:
    """How one verdict reads: where it comes from, how bad it is, of what, and what is wrong."""

    labels: Mapping[str, str]
    places: Places

    def of(self, said: Finding | Undecided) -> str:
        where = self.labels.get(said.urn, said.urn)
        place = self.places.first(said)
        begins = f"{place}: " if place else ""
        if isinstance(said, Undecided):
            return printable(f"{begins}undecided: {where}: {said.message}")
        waived = f" [waived: {said.waiver}]" if said.waiver else ""
        return printable(f"{begins}{said.level}: {where}: {said.message}{waived}")


def _fill(case: Element, said: Sequence[Finding | Undecided], lines: _Lines) -> None:
    broken = [s for s in said if s.level == "mandatory" and not getattr(s, "waiver", "")]
    if broken:
        failure = SubElement(case, "failure", message=f"{len(broken)} of its verdicts do not pass")
        failure.text = "\n".join(map(lines.of, broken))
    rest = [s for s in said if s not in broken]
    if rest:
        SubElement(case, "system-out").text = "\n".join(map(lines.of, rest))
