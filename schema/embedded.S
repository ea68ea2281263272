/* Documents that travel inside the binary: a name's first byte and the byte after its last. */
.macro document name file
    .global mashang_doc_\name
    .global mashang_doc_\name\()_end
mashang_doc_\name:
    .incbin "\file"
mashang_doc_\name\()_end:
    .byte 0
.endm

.section .rodata
document texts_zh_server "texts/zh/server.json"
document texts_zh_words "texts/zh/words.json"
document texts_zh_documents "texts/zh/documents.json"
document texts_zh_phrases "texts/zh/phrases.json"
document texts_en_server "texts/en/server.json"
document texts_en_words "texts/en/words.json"
document texts_en_documents "texts/en/documents.json"
document texts_en_phrases "texts/en/phrases.json"
document calendar "defaults/calendar.json"
document catalogue "defaults/catalogue.json"
document standards "defaults/standards.json"
document rules "defaults/rules.json"
document shifts "defaults/shifts.json"
document openapi "openapi.yaml"
document docs "docs.html"
document pack_1 "defaults/pack-1.dict"
document pack_2 "defaults/pack-2.dict"
.section .note.GNU-stack,"",%progbits
