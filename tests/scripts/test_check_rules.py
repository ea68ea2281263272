"""Each house rule bites on a small tree made for it, and leaves the right thing beside it alone."""

import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
sys.dont_write_bytecode = True

import check_rules  # noqa: E402
import source_scan  # noqa: E402


def body_of(lines):
    return "".join(f"    step({n});\n" for n in range(lines))


class RuleTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def write(self, file, text):
        path = Path(self.folder.name) / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def found(self, rule):
        tree = check_rules.Tree(self.folder.name)
        return sorted((file, line) for file, line, _ in check_rules.RULES[rule](tree))

    def test_nobody_includes_the_server(self):
        self.write("schema/a.cpp", '#include <string>\n#include "server/app.hpp"\n')
        self.write("qr/b.cpp", '#include "schema/store.hpp"\n')
        self.write("dispatch/c.cpp", '#include "dispatch/time.hpp"\n')
        self.write("server/d.cpp", '#include "server/app.hpp"\n#include "qr/token.hpp"\n')
        self.write("tests/server/e.cpp", '#include "server/app.hpp"\n')
        self.assertEqual(self.found("include-direction"), [("qr/b.cpp", 1), ("schema/a.cpp", 2)])

    def test_the_core_reaches_for_nothing(self):
        self.write("dispatch/good.cpp", "#include <vector>\n#include <boost/system/result.hpp>\n"
                   "#include <boost/geometry/index/rtree.hpp>\n#include <date/date.h>\n")  # fmt: skip
        for number, header in enumerate(
            ["<fstream>", "<date/tz.h>", "<thread>", "<nlohmann/json.hpp>", "<sodium.h>", "<boost/asio.hpp>"]
        ):
            self.write(f"dispatch/bad{number}.cpp", f"#include {header}\n")
        self.assertEqual(len(self.found("dispatch-is-pure")), 6)
        self.assertNotIn("dispatch/good.cpp", [file for file, _ in self.found("dispatch-is-pure")])

    def test_each_library_stays_in_its_room(self):
        rooms = {
            "beast-in-http": ("boost/beast/http.hpp", "server/http/a.cpp", "server/b.cpp"),
            "soci-in-schema": ("soci/soci.h", "schema/a.cpp", "server/b.cpp"),
            "qrencode-in-symbol": ("qrencode.h", "qr/symbol.cpp", "qr/label.cpp"),
            "json-in-codecs": ("nlohmann/json.hpp", "schema/codec/a.cpp", "server/api/b.cpp"),
        }
        for rule, (header, right, wrong) in rooms.items():
            self.write(right, f"#include <{header}>\n")
            self.write(wrong, f"#include <vector>\n#include <{header}>\n")
            self.assertEqual(self.found(rule), [(wrong, 2)], rule)

    def test_names_that_say_nothing(self):
        bad = ["server/utils/a.cpp", "web/base/dateHelpers.ts", "qr/common.hpp", "server/case_manager.cpp"]
        for file in bad:
            self.write(file, "\n")
        self.write("server/uncommon.cpp", "\n")
        self.assertEqual(len(self.found("names")), 4)

    def test_500_lines_a_file(self):
        self.write("qr/right.cpp", "int a;\n" * 500)
        self.write("qr/long.cpp", "int a;\n" * 501)
        self.write("web/office/Long.vue", "<p/>\n" * 501)
        self.write("schema/defaults/long.json", "\n" * 900)
        self.assertEqual(self.found("file-length"), [("qr/long.cpp", 501), ("web/office/Long.vue", 501)])

    def test_110_columns_a_line_where_chinese_takes_two(self):
        self.write("qr/a.cpp", "x" * 110 + "\n" + "x" * 111 + "\n")
        self.write("qr/b.cpp", "// " + "码" * 53 + "\n// " + "码" * 54 + "\n")
        self.assertEqual(self.found("line-length"), [("qr/a.cpp", 2), ("qr/b.cpp", 2)])

    def test_70_lines_a_function_in_cpp(self):
        self.write("qr/right.cpp", "int f() {\n" + body_of(68) + "}\n")
        opening = "namespace a {\nclass B {\n    int f(int x) const {\n"
        self.write("qr/long.cpp", opening + body_of(69) + "}\n};\n}\n")
        self.assertEqual(self.found("function-length"), [("qr/long.cpp", 3)])

    def test_braces_in_strings_comments_and_macros_count_for_nothing(self):
        trap = "    auto s = \"}\"; // }\n    char c = '}'; /* } */ auto n = 1'000;\n"
        trap += '    auto r = R"x(})x";\n'
        self.write("qr/long.cpp", "#define OPEN {\nTABLE(a)\n\nint f() {\n" + trap + body_of(66) + "}\n")
        self.assertEqual(self.found("function-length"), [("qr/long.cpp", 4)])

    def test_tables_are_not_functions(self):
        self.write("qr/table.cpp", "constexpr Row rows[] = {\n" + "    {f(1), {2, 3}},\n" * 90 + "};\n")
        self.assertEqual(self.found("function-length"), [])

    def test_70_lines_a_function_in_typescript_and_vue(self):
        traps = "    const s = `}${ {a: '}'}.a }`; // }\n    const r = /[}'\"]/;\n"
        self.write("web/a.ts", "export async function f(a: {b: string}): Promise<void> {\n}\n\n"
                   "export const g = (x: number) => {\n" + traps + body_of(68) + "};\n")  # fmt: skip
        script = '<script setup lang="ts">\nfunction h() {\n'
        self.write("web/B.vue", script + body_of(69) + "}\n</script>\n")
        self.write("web/c.ts", "const table = {\n" + "    a() { step(); },\n" * 80 + "};\n")
        self.assertEqual(self.found("function-length"), [("web/B.vue", 2), ("web/a.ts", 4)])

    def test_one_place_reads_the_clock(self):
        line = "auto t = std::chrono::system_clock::now();\n"
        self.write("server/app.cpp", line)
        self.write("server/timers.cpp", "// system_clock::now() would be wrong here\n" + line)
        self.assertEqual(self.found("one-clock"), [("server/timers.cpp", 2)])

    def test_no_default_over_our_enums(self):
        open_or_not = "        case Status::open: return 1;\n        default: return 0;\n"
        self.write("server/a.cpp", "int f(Status s) {\n    switch (s) {\n" + open_or_not + "    }\n}\n")
        self.write("server/b.cpp", "int f(char c) {\n    switch (c) {\n        case 'a': return 1;\n"
                   "        default: return 0;\n    }\n}\n")  # fmt: skip
        self.write("server/c.cpp", "int f(http::status s, Status t) {\n    switch (t) {\n"
                   "        case Status::open:\n            switch (s) {\n"
                   "                case http::status::ok: return 1;\n                default: return 0;\n"
                   "            }\n    }\n}\n")  # fmt: skip
        self.assertEqual(self.found("no-default"), [("server/a.cpp", 4)])

    def test_nothing_is_left_for_later(self):
        self.write("web/a.ts", "// TO" + "DO later\n")
        self.assertEqual(self.found("no-leftovers"), [("web/a.ts", 1)])

    def test_both_languages_have_the_same_keys(self):
        self.write("schema/texts/zh/a.json", '{\n  "x": "一",\n  "y": "二"\n}')
        self.write("schema/texts/en/a.json", '{\n  "x": "one",\n  "z": "three"\n}')
        self.write("schema/texts/zh/b.json", "{}")
        found = [("schema/texts/en/a.json", 3), ("schema/texts/zh/a.json", 3), ("schema/texts/zh/b.json", 1)]
        self.assertEqual(self.found("texts-in-both-languages"), found)

    def test_sentences_live_in_the_catalogue(self):
        self.write("server/a.cpp", '// 已签收 as people say\nauto s = "已签收";\nauto t = "、";\n')
        self.write("server/demo/b.cpp", 'auto s = "已签收";\n')
        self.write("tests/qr/c.cpp", 'auto s = "已签收";\n')
        self.write("web/d.ts", "/* 已签收 */\nconst s = `${a}已签收`;\n")
        self.write("web/E.vue", "<template>\n<!-- 已签收 -->\n<p>已签收</p>\n</template>\n")
        found = [("server/a.cpp", 2), ("web/E.vue", 3), ("web/d.ts", 2)]
        self.assertEqual(self.found("no-sentences-in-code"), found)

    def test_a_clean_tree_holds_every_rule(self):
        self.write("qr/a.cpp", "int f() {\n    return 1;\n}\n")
        self.assertEqual(check_rules.main(["--root", self.folder.name]), 0)


class ScanTest(unittest.TestCase):
    def test_lines_stay_where_they_are(self):
        text = 'a /* x\ny */ b\n"c\\"d" // e\nR"(f\ng)" h\n'
        code, literals = source_scan.blank_cpp(text)
        self.assertEqual(code.count("\n"), text.count("\n"))
        self.assertEqual([literal.line for literal in literals], [3, 4])

    def test_division_is_no_regular_expression(self):
        code, literals = source_scan.blank_ts("const a = b / c; const d = (e) / 2; f('}');\n")
        self.assertEqual([literal.text for literal in literals], ["'}'"])
        self.assertIn("b / c", code)


if __name__ == "__main__":
    unittest.main()
