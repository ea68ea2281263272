"""Reads C++ and TypeScript just well enough for the house rules: what is code, what is a string, what is a
comment, and where functions begin and end. It is a scanner, no parser; it never runs or imports anything."""

import re
import unicodedata
from dataclasses import dataclass

CPP = (".cpp", ".hpp")
TS = (".ts", ".mts", ".mjs")
VUE = (".vue",)


@dataclass
class Literal:
    line: int
    text: str


@dataclass
class Function:
    line: int
    end_line: int
    name: str


def columns(line):
    """Width as a terminal and clang-format count it: Chinese characters take two columns."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def _newlines_only(text):
    return re.sub(r"[^\n]", " ", text)


_CPP_TOKEN = re.compile(
    r"""(?P<comment>//(?:\\\n|[^\n])*|/\*.*?(?:\*/|\Z))
      | (?P<raw>R"(?P<fence>[^()\\\s]{0,16})\(.*?\)(?P=fence)")
      | (?P<string>"(?:\\.|[^"\\\n])*"?)
      | (?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])*'?)""",
    re.S | re.X,
)


def blank_cpp(text):
    """(code, literals): the code with comments and the insides of strings turned to blanks, line for line."""
    literals = []

    def blank(match):
        found = match.group(0)
        if match.lastgroup != "comment" and not match.group("comment"):
            literals.append(Literal(text.count("\n", 0, match.start()) + 1, found))
            if len(found) >= 2:
                return found[0] + _newlines_only(found[1:-1]) + found[-1]
        return _newlines_only(found)

    return _CPP_TOKEN.sub(blank, text), literals


def blank_preprocessor(code):
    """Macros may hold unbalanced braces, and a call of one at file level ends without a semicolon."""
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: _newlines_only(m.group(0)), code, flags=re.M)
    call = r"^[A-Z][A-Z0-9_]*\([^(){}\n]*\)[ \t]*$"
    return re.sub(call, lambda m: _newlines_only(m.group(0)), code, flags=re.M)


class _TsBlanker:
    """Template strings nest code and code nests template strings, so this one walks."""

    def __init__(self, text, first_line):
        self.text, self.at, self.out, self.literals = text, 0, [], []
        self.first_line = first_line

    def line(self):
        return self.first_line + self.text.count("\n", 0, self.at)

    def keep(self, count=1):
        self.out.append(self.text[self.at : self.at + count])
        self.at += count

    def drop_to(self, end):
        self.out.append(_newlines_only(self.text[self.at : end]))
        self.at = end

    def match(self, pattern):
        return re.compile(pattern, re.S).match(self.text, self.at)

    def begins_regex(self):
        before = "".join(self.out[-40:]).rstrip()
        return not before or bool(re.search(r"(?:[(,=:\[!&|?{};+\n]|=>|\breturn|\btypeof)$", before))

    def template(self):
        self.keep()
        start, line = self.at, self.line()
        spans = []
        while self.at < len(self.text) and self.text[self.at] != "`":
            if self.text[self.at] == "\\":
                self.drop_to(min(self.at + 2, len(self.text)))
            elif self.text.startswith("${", self.at):
                spans.append(self.text[start : self.at])
                self.drop_to(self.at + 2)
                self.code(until="}")
                self.drop_to(min(self.at + 1, len(self.text)))
                start = self.at
            else:
                self.drop_to(self.at + 1)
        spans.append(self.text[start : self.at])
        self.literals.append(Literal(line, "".join(spans)))
        self.keep()

    def code(self, until=None):
        depth = 0
        while self.at < len(self.text):
            here = self.text[self.at]
            if until and here == until and depth == 0:
                return
            depth += {"{": 1, "}": -1}.get(here, 0)
            if found := self.match(r"//[^\n]*|/\*.*?(?:\*/|\Z)"):
                self.drop_to(found.end())
            elif found := self.match(r'"(?:\\.|[^"\\\n])*"?|\'(?:\\.|[^\'\\\n])*\'?'):
                self.literals.append(Literal(self.line(), found.group(0)))
                self.keep()
                self.drop_to(max(found.end() - 1, self.at))
                self.keep(found.end() - self.at)
            elif here == "`":
                self.template()
            elif here == "/" and self.begins_regex() and (
                found := self.match(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/\w*")
            ):
                self.literals.append(Literal(self.line(), found.group(0)))
                self.drop_to(found.end())
            else:
                self.keep()


def blank_ts(text, first_line=1):
    walker = _TsBlanker(text, first_line)
    walker.code()
    return "".join(walker.out), walker.literals


def vue_blocks(text):
    """(name, first line, text) of each top-level block of a Vue file."""
    for found in re.finditer(r"^<(script|template|style)\b[^>]*>(.*?)^</\1>", text, re.S | re.M):
        yield found.group(1), text.count("\n", 0, found.start(2)) + 1, found.group(2)


_CONTROL = re.compile(r"\s*(?:\}?\s*else\b|if\b|for\b|while\b|switch\b|do\b|try\b|catch\b|finally\b)")
_CPP_SCOPE = re.compile(
    r"\s*(?:template\s*<.*>\s*)?(?:export\s+|inline\s+|static\s+|typedef\s+)*"
    r"(?:namespace|class|struct|union|enum|extern)\b",
    re.S,
)


def _cpp_kind(head):
    if _CPP_SCOPE.match(head) and not re.search(r"\)\s*(?:const|noexcept|\s)*$", head):
        return "scope"
    if re.match(r"\s*namespace\b", head) or not head.strip():
        return "scope"
    return "function" if ")" in head else "data"


def _ts_kind(head):
    if _CONTROL.match(head) or re.match(r"\s*(?:describe|suite)\(", head):
        return "scope"
    if re.search(r"=>\s*$", head) or re.search(r"\)\s*(?::[^;{}]*)?$", head):
        return "function"
    return "scope"


def functions(code, kind_of):
    """Outermost functions of blanked code; lambdas and closures count within the function that holds them."""
    found, stack, head_start = [], [], 0
    inside = 0
    for match in re.finditer(r"[{};]", code):
        at, sign = match.start(), match.group(0)
        if sign == "{":
            head = code[head_start:at]
            kind = "inner" if inside else kind_of(head)
            if kind in ("function", "data"):
                inside += 1
            elif kind == "inner":
                inside += 1
            start = head_start + len(head) - len(head.lstrip())
            stack.append((kind, start, head))
        elif sign == "}" and stack:
            kind, start, head = stack.pop()
            if kind != "scope":
                inside -= 1
            if kind == "function":
                found.append(
                    Function(code.count("\n", 0, start) + 1, code.count("\n", 0, at) + 1, _name(head))
                )
        if not inside or sign != ";":
            head_start = at + 1
    return found


def _name(head):
    before = re.search(r"([\w:~$]+)\s*(?:<[^<>]*>)?\s*\(", head) or re.search(r"(?:const|let)\s+(\w+)", head)
    return before.group(1) if before else "function"


def cpp_functions(code):
    return functions(blank_preprocessor(code), _cpp_kind)


def ts_functions(code):
    return functions(code, _ts_kind)


def closing(code, opening):
    """Index of the bracket that closes the one at `opening`, or the end."""
    pair = {"{": "}", "(": ")"}[code[opening]]
    depth = 0
    for at in range(opening, len(code)):
        depth += (code[at] == code[opening]) - (code[at] == pair)
        if depth == 0:
            return at
    return len(code)


def switches(code):
    """(line of default or None, labels) of each switch of blanked C++; inner switches are told apart."""
    for found in re.finditer(r"\bswitch\s*\(", code):
        brace = code.find("{", closing(code, found.end() - 1))
        if brace < 0:
            continue
        body = code[brace + 1 : closing(code, brace)]
        for inner in re.finditer(r"\bswitch\s*\(", body):
            start = body.find("{", inner.end())
            end = closing(body, start) if start >= 0 else len(body)
            body = body[: inner.start()] + _newlines_only(body[inner.start() : end]) + body[end:]
        labels = [m.group(1).strip() for m in re.finditer(r"\bcase\s+((?:[^:]|::)+):(?!:)", body)]
        default = re.search(r"\bdefault\s*:", body)
        line = code.count("\n", 0, brace + 1 + default.start()) + 1 if default else None
        yield line, labels
