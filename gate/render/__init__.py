"""A report as text, JSON, Markdown, HTML, SARIF and JUnit."""
