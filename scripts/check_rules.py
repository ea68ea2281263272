#!/usr/bin/env python3
"""The house rules that a program can prove, over the whole tree. Prints file:line: rule: finding.

    scripts/check_rules.py [--root DIR] [--only RULE]   exit 1 where anything was found
    scripts/check_rules.py --files cpp                  the C++ files that the rules and clang-format see

The last line says how many rules held and how many did not; scripts/test counts them as test cases.
"""

import argparse
import json
import re
import sys
from pathlib import Path

import source_scan as scan

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 110
CHINESE_MAX = 1  # one character may be a unit or a mark; two are words
SKIPPED = {".git", "build", "node_modules", "data", "dist", "__pycache__"}
OURS = ("dispatch", "qr", "schema", "server", "web", "tests", "scripts")
BAD_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager"}
CHINESE = re.compile(r"[\u3400-\u9fff\uff00-\uffef\u3000-\u303f]")

RULES = {}


def rule(name):
    def keep(function):
        RULES[name] = function
        return function

    return keep


class Tree:
    """The files of ours under a root, read once."""

    def __init__(self, root):
        self.root = Path(root)
        self._texts, self._code = {}, {}
        self.files = sorted(self._walk())

    def _walk(self):
        for part in OURS:
            for path in (self.root / part).rglob("*"):
                relative = path.relative_to(self.root)
                # data/ at the root is the running server's; server/demo/data is ours.
                if path.is_file() and not SKIPPED - {"data"} & set(relative.parts):
                    yield relative.as_posix()

    def having(self, *suffixes, under=""):
        return [f for f in self.files if f.endswith(suffixes) and f.startswith(under)]

    def text(self, file):
        if file not in self._texts:
            self._texts[file] = (self.root / file).read_text(encoding="utf-8")
        return self._texts[file]

    def cpp(self, file):
        if file not in self._code:
            self._code[file] = scan.blank_cpp(self.text(file))
        return self._code[file]

    def ts(self, file):
        """Code and literals; of a Vue file its script, on the lines where it stands."""
        if file in self._code:
            return self._code[file]
        if file.endswith(scan.VUE):
            code, literals, line = "", [], 1
            for name, first, body in scan.vue_blocks(self.text(file)):
                if name == "script":
                    block, found = scan.blank_ts(body, first)
                    code += "\n" * (first - line) + block
                    literals += found
                    line = first + body.count("\n")
            self._code[file] = code, literals
        else:
            self._code[file] = scan.blank_ts(self.text(file))
        return self._code[file]

    def cpp_files(self):
        return self.having(*scan.CPP)

    def ts_files(self):
        return [f for f in self.having(*scan.TS, *scan.VUE) if not f.endswith(".d.ts")]

    def includes(self, file):
        for found in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', self.text(file), re.M):
            yield self.text(file).count("\n", 0, found.start()) + 1, found.group(2), found.group(1) == "<"


# ---- who may include whom (house.md) ---------------------------------------------------------------------

# The pure core gets no header by which it could read, wait, look at a clock or start anything.
IMPURE = {
    "iostream", "fstream", "filesystem", "ctime", "thread", "mutex", "shared_mutex", "condition_variable",
    "future", "atomic", "semaphore", "latch", "barrier", "stop_token", "random", "csignal",
}  # fmt: skip
DISPATCH_MAY = ("dispatch/", "boost/system/", "boost/geometry", "date/date.h")
ROOMS = {"dispatch": ("dispatch",), "qr": ("qr", "dispatch"), "schema": ("schema", "dispatch")}


@rule("include-direction")
def include_direction(tree):
    """dispatch, qr and schema never look up: nobody includes the server."""
    for room, allowed in ROOMS.items():
        for file in tree.having(*scan.CPP, under=room + "/"):
            for line, header, _ in tree.includes(file):
                top = header.split("/")[0]
                if top in ("server", *ROOMS) and top not in allowed:
                    yield file, line, f"{room}/ may not include {header}"


@rule("dispatch-is-pure")
def dispatch_is_pure(tree):
    for file in tree.having(*scan.CPP, under="dispatch/"):
        for line, header, _ in tree.includes(file):
            standard = "/" not in header and not header.endswith(".h") and header not in IMPURE
            if not standard and not header.startswith(DISPATCH_MAY):
                yield file, line, f"dispatch/ may not include {header}"


def _only_in(tree, matches, allowed, what):
    for file in tree.cpp_files():
        if file.startswith(allowed):
            continue
        for line, header, _ in tree.includes(file):
            if matches(header):
                yield file, line, f"{header}: {what}"


@rule("beast-in-http")
def beast_in_http(tree):
    return _only_in(tree, lambda h: h.startswith("boost/beast"), ("server/http/", "tests/"),
                    "Beast lives in server/http only")  # fmt: skip


@rule("soci-in-schema")
def soci_in_schema(tree):
    return _only_in(tree, lambda h: h.startswith("soci"), ("schema/",), "SOCI lives in schema only")


@rule("qrencode-in-symbol")
def qrencode_in_symbol(tree):
    return _only_in(tree, lambda h: h == "qrencode.h", ("qr/symbol.cpp", "tests/load/"),
                    "libqrencode is seen by qr/symbol.cpp only")  # fmt: skip


@rule("json-in-codecs")
def json_in_codecs(tree):
    codecs = ("schema/codec/", "server/api/codec/", "tests/")
    return _only_in(tree, lambda h: h.startswith("nlohmann"), codecs,
                    "JSON is decoded in schema/codec and server/api/codec only")  # fmt: skip


# ---- names, sizes, style ---------------------------------------------------------------------------------


@rule("names")
def names(tree):
    for file in tree.files:
        for part in Path(file).parts:
            words = re.split(r"[_\-.]|(?<=[a-z])(?=[A-Z])", part)
            if BAD_NAMES & {word.lower() for word in words}:
                yield file, 1, f"'{part}' says nothing about what is in it"


@rule("file-length")
def file_length(tree):
    for file in tree.cpp_files() + tree.ts_files():
        lines = tree.text(file).count("\n")
        if lines > FILE_LINES_MAX:
            yield file, FILE_LINES_MAX + 1, f"{lines} lines, at most {FILE_LINES_MAX}"


@rule("line-length")
def line_length(tree):
    for file in tree.having(*scan.CPP, *scan.TS, *scan.VUE, ".css", ".py", "CMakeLists.txt"):
        for number, line in enumerate(tree.text(file).split("\n"), 1):
            width = scan.columns(line)
            if width > COLUMNS_MAX:
                yield file, number, f"{width} columns, at most {COLUMNS_MAX}"


@rule("function-length")
def function_length(tree):
    found = [(f, scan.cpp_functions(tree.cpp(f)[0])) for f in tree.cpp_files()]
    found += [(f, scan.ts_functions(tree.ts(f)[0])) for f in tree.ts_files()]
    for file, functions in found:
        for function in functions:
            lines = function.end_line - function.line + 1
            if lines > FUNCTION_LINES_MAX:
                yield file, function.line, f"{function.name}: {lines} lines, at most {FUNCTION_LINES_MAX}"


@rule("one-clock")
def one_clock(tree):
    for file in tree.cpp_files():
        if file == "server/app.cpp":
            continue
        for number, line in enumerate(tree.cpp(file)[0].split("\n"), 1):
            if "system_clock::now" in line:
                yield file, number, "the machine's clock is read in server/app.cpp only"


# Enumerations of libraries have hundreds of names; the rule is about ours.
FOREIGN = ("http::", "beast::", "boost::", "asio::", "nlohmann::", "json::", "std::", "soci::", "zbar::")


@rule("no-default")
def no_default(tree):
    """A new enumerator must meet the compiler in each switch; a default would swallow it."""
    for file in tree.cpp_files():
        for line, labels in scan.switches(tree.cpp(file)[0]):
            ours = [
                label
                for label in labels
                if re.fullmatch(r"(?:[A-Za-z_]\w*::)*[a-z_]\w*", label) and not label.startswith(FOREIGN)
            ]
            if line and ours:
                yield file, line, f"a default in a switch over the enum of {ours[0]}"


@rule("no-leftovers")
def no_leftovers(tree):
    words = re.compile(r"\b(?:TODO|FIXME)\b")
    for file in tree.cpp_files() + tree.ts_files():
        for number, line in enumerate(tree.text(file).split("\n"), 1):
            if words.search(line):
                yield file, number, "finish it, or write an issue"


# ---- texts -----------------------------------------------------------------------------------------------


def _flat(value, prefix=""):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat(inner, f"{prefix}.{key}" if prefix else key)
    else:
        yield prefix, str(value)


def _line_of(text, key):
    at = text.find(json.dumps(key.split(".")[-1] if f'"{key}"' not in text else key, ensure_ascii=False))
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


@rule("texts-in-both-languages")
def texts_in_both_languages(tree):
    names_of = {lang: set(tree.having(".json", under=f"schema/texts/{lang}/")) for lang in ("zh", "en")}
    for lang, other in (("zh", "en"), ("en", "zh")):
        for file in sorted(names_of[lang]):
            partner = file.replace(f"/{lang}/", f"/{other}/")
            if partner not in names_of[other]:
                yield file, 1, f"has no {partner}"
                continue
            mine, theirs = (dict(_flat(json.loads(tree.text(f)))) for f in (file, partner))
            for key in mine.keys() - theirs.keys():
                yield file, _line_of(tree.text(file), key), f"{key} is missing in {partner}"


@rule("no-sentences-in-code")
def no_sentences_in_code(tree):
    """Sentences that people read live in schema/texts; Chinese is what betrays one here."""
    for file in tree.cpp_files():
        if file.startswith(("tests/", "server/demo/")):
            continue
        for literal in tree.cpp(file)[1]:
            if len(CHINESE.findall(literal.text)) > CHINESE_MAX:
                yield file, literal.line, f"{literal.text[:40]} belongs into schema/texts"
    for file in tree.ts_files():
        if file.startswith("tests/") or "/tests/" in file:
            continue
        for literal in tree.ts(file)[1]:
            if len(CHINESE.findall(literal.text)) > CHINESE_MAX:
                yield file, literal.line, f"{literal.text[:40]} belongs into schema/texts"
        if file.endswith(scan.VUE):
            yield from _chinese_in_template(tree, file)


def _chinese_in_template(tree, file):
    for name, first, body in scan.vue_blocks(tree.text(file)):
        if name != "template":
            continue
        shown = re.sub(r"<!--.*?-->", lambda m: re.sub(r"[^\n]", " ", m.group(0)), body, flags=re.S)
        for number, line in enumerate(shown.split("\n"), first):
            if len(CHINESE.findall(line)) > CHINESE_MAX:
                yield file, number, f"{line.strip()[:40]} belongs into schema/texts"


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", default=Path(__file__).resolve().parent.parent)
    parser.add_argument("--only", choices=sorted(RULES))
    parser.add_argument("--files", choices=["cpp"])
    options = parser.parse_args(arguments)
    tree = Tree(options.root)
    if options.files:
        print("\n".join(tree.cpp_files()))
        return 0
    held = broken = 0
    for name, look in RULES.items():
        if options.only and name != options.only:
            continue
        findings = sorted(set(look(tree)))
        for file, line, message in findings:
            print(f"{file}:{line}: {name}: {message}")
        broken += bool(findings)
        held += not findings
    print(f"house rules: {held} held, {broken} broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
