"""A pytest plugin: one line of JSON for each test, to the file that PYTEST_OUTCOMES names."""

import json
import os


def pytest_runtest_logreport(report):
    # A test is told by its call, unless its fixtures failed, skipped it or broke when they were taken down.
    if report.when != "call" and report.outcome == "passed":
        return
    file, name = report.nodeid.split("[")[0].rsplit("::", 1)
    detail = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    line = {"test": f"{os.path.basename(file)}::{name}", "outcome": report.outcome, "detail": detail}
    with open(os.environ["PYTEST_OUTCOMES"], "a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
