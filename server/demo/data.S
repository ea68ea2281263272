/* The demo's tables, embedded as they stand: a name's first byte and the byte after its last. */
.macro table name file
    .global mashang_demo_\name
    .global mashang_demo_\name\()_end
mashang_demo_\name:
    .incbin "\file"
mashang_demo_\name\()_end:
    .byte 0
.endm

.section .rodata
table divisions "divisions.tsv"
table streets "streets.tsv"
table names "names.tsv"
table staff "staff.tsv"
table units "units.tsv"
table places "places.tsv"
table notices "notices.tsv"
table matters "matters.tsv"
table reports "reports.tsv"
table deeds "deeds.tsv"

.section .note.GNU-stack,"",%progbits
