// The command line: what `mashang` can be told, each command a function that answers the exit code.
#pragma once

namespace mashang::server {

int run_command_line(int argc, char** argv);

}  // namespace mashang::server
