// `mashang standards move-cases` and `mashang calendar move-cases`: open cases to the version in force (T17),
// from a shell, by the rules of the API.
//
// Blocks on the store; the command line only. Shown while a server runs, done only while none does: it would
// go on counting by what it has in memory.
#pragma once

#include "schema/texts.hpp"
#include "server/casebook.hpp"
#include "server/config.hpp"

namespace mashang::server {

struct MoveCasesOptions {
    Config config;
    VersionMove::What what = VersionMove::What::standards;
    bool perform = false;  // else only shown
    schema::Language language = schema::Language::zh;
    Instant now{};
};

// Prints each due instant that moves, and how many cases. Errors: unavailable while a server runs; those of
// the store.
Result<bool> move_cases_command(const MoveCasesOptions& options);

}  // namespace mashang::server
