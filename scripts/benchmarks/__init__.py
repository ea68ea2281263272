"""The parts of scripts/bench, one module each.

A part has measure(bench) -> what goes into bench.json under its name; rows(found) -> its lines of the table;
notes(found) -> sentences below it, where figures want explaining. scripts/bench_report.py lists the parts.
"""
