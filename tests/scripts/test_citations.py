"""Every promise of the judgement core, T1 to T44, is cited by at least one test's name: `[T12]`."""

import re
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PROMISES = 44


class CitationTest(unittest.TestCase):
    def test_each_promise_has_its_citing_test(self):
        cited = set()
        for pattern in ("*_test.cpp", "*.test.mjs", "test_*.py", "test_*.cpp"):
            for file in TESTS.rglob(pattern):
                cited.update(int(n) for n in re.findall(r"\[T(\d+)\]", file.read_text(encoding="utf-8")))
        self.assertEqual(sorted(set(range(1, PROMISES + 1)) - cited), [])


if __name__ == "__main__":
    unittest.main()
