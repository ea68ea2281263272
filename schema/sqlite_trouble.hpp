// Which of SQLite's result codes are the machine's fault: disk full, I/O errors, a lock not had, a broken
// file.
#pragma once

namespace mashang::schema {

bool is_machine_trouble_of_sqlite(int result_code);

}  // namespace mashang::schema
