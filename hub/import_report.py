"""An import's outcome in words, both languages line by line, for a console."""

from collections.abc import Iterator

from domain.names import LANGUAGES
from domain.words import speak
from hub.importer import ImportReport


def report_lines(report: ImportReport) -> Iterator[str]:
    """Yield what to print: the counts, then each mistake with its row and column."""
    outcome = "refused" if report.errors else "dry_run" if report.dry_run else "written"
    for language in LANGUAGES:
        yield speak(
            language,
            f"import.{outcome}",
            kind=report.kind,
            plant=report.plant,
            new=str(report.new),
            changed=str(report.changed),
            unchanged=str(report.unchanged),
            errors=str(report.errors),
        )
    if report.ignored_columns and not report.errors:
        for language in LANGUAGES:
            yield speak(language, "import.ignored", columns=", ".join(report.ignored_columns))
    for problem in report.problems:
        where = "; ".join(part for part in (f"{problem.row}" if problem.row else "", problem.column) if part)
        yield f"  {f'[{where}] ' if where else ''}{problem.zh} | {problem.en}"
    if report.errors > len(report.problems):
        yield f"  … +{report.errors - len(report.problems)}"
