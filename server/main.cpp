// mashang: one binary. Parse, build, run.
#include "server/commands.hpp"

int main(int argc, char** argv) {
    return mashang::server::run_command_line(argc, argv);
}
