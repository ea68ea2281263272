# Writes OUT_S and OUT_CPP: every file of DIST (none when the folder is missing), embedded as it stands.
set(files "")
if(DIST AND IS_DIRECTORY "${DIST}")
  file(GLOB_RECURSE files RELATIVE "${DIST}" "${DIST}/*")
  list(SORT files)
endif()
set(asm ".section .rodata\n")
set(table "")
set(externs "")
set(n 0)
foreach(file IN LISTS files)
  string(APPEND asm ".global mashang_web_${n}\n.global mashang_web_${n}_end\n")
  string(APPEND asm "mashang_web_${n}:\n.incbin \"${DIST}/${file}\"\nmashang_web_${n}_end:\n.byte 0\n")
  string(APPEND externs "extern \"C\" const char mashang_web_${n}[];\n")
  string(APPEND externs "extern \"C\" const char mashang_web_${n}_end[];\n")
  string(APPEND table "    {\"${file}\", mashang_web_${n}, mashang_web_${n}_end},\n")
  math(EXPR n "${n} + 1")
endforeach()
string(APPEND asm ".section .note.GNU-stack,\"\",%progbits\n")
file(WRITE "${OUT_S}" "${asm}")
set(body "    return {};")
if(files)
  set(body "    static const EmbeddedFile all[] = {\n${table}    };\n    return all;")
endif()
file(WRITE "${OUT_CPP}" "#include \"server/web_embedded.hpp\"\n${externs}
namespace mashang::server {
std::span<const EmbeddedFile> embedded_web_files() {
${body}
}
}  // namespace mashang::server
")
