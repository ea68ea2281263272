# Read by scripts/run, scripts/test and scripts/bench: steps that say how long they took, and the two builds.
# Knows nothing of what is run afterwards. Logs stand in build/logs/, and the end of one is shown when its
# step fails.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
logs=$root/build/logs

# step NAME COMMAND...: quiet, timed; a failing step shows the end of its log and ends the script.
step() {
    local name=$1 start=$SECONDS log
    shift
    log=$logs/${name// /-}.log
    mkdir -p "$logs"
    if ! "$@" >"$log" 2>&1; then
        # Of a build that failed, the first failure; of anything else, its last words.
        if grep -q '^FAILED:' "$log"; then sed -n '/^FAILED:/,$p' "$log" | head -n 60 >&2; else tail -n 60 "$log" >&2; fi
        echo "$name: failed after $((SECONDS - start)) s; the whole log is ${log#"$root"/}" >&2
        return 1
    fi
    if [ $((SECONDS - start)) -gt 0 ]; then echo "$name: $((SECONDS - start)) s" >&2; fi
}

# What the pages are made from: their sources, the sentences, the locked packages, the build's own script.
web_sources() {
    (cd "$root" && find web schema/texts scripts/web-build -name node_modules -prune -o -type f -print0 |
        sort -z | xargs -0 sha256sum | sha256sum)
}

web_stamp=$root/build/web/sources.stamp

web_is_built() { [ "$(cat "$web_stamp" 2>/dev/null)" = "$(web_sources)" ]; }

web_build() {
    local now
    if web_is_built; then return; fi
    now=$(web_sources)
    rm -f "$web_stamp"
    "$root/scripts/web-build" || return
    printf '%s\n' "$now" >"$web_stamp"
}

# cpp_build PRESET TARGET...: an unchanged tree costs a second; a moved one is compiled from ccache.
# When it optimises, g++ 12 sees errors in Asio's allocator and in std::string that are none (GCC 105651).
cpp_build() {
    local preset=$1
    shift
    cmake_options+=(-DCMAKE_CXX_FLAGS="-Wno-mismatched-new-delete -Wno-restrict")
    export CCACHE_BASEDIR=$root CCACHE_NOHASHDIR=1
    (cd "$root" && cmake --preset "$preset" "${cmake_options[@]}" && ninja -C "build/$preset" "$@")
}
cmake_options=()

# build_server PRESET TARGET...: the pages and, beside them, the libraries that do not carry the pages.
build_server() {
    local pages
    if ! web_is_built; then
        step "front end" web_build &
        pages=$!
        step "$1 libraries" cpp_build "$1" mashang_dispatch mashang_qr mashang_schema mashang_http mashang_demo
        wait "$pages"
    fi
    step "$1 build" cpp_build "$@"
}

# The Node of web-build, when the machine's own is too old for it.
use_web_node() {
    if [ -x "$root/build/node/node_modules/.bin/node" ]; then
        export PATH=$root/build/node/node_modules/.bin:$PATH
    fi
}
