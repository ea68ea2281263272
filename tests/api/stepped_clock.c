// The machine's clock as a test sets it: loaded before the server (LD_PRELOAD), adds to CLOCK_REALTIME the
// milliseconds that stand in the file STEPPED_CLOCK, eight bytes in the machine's own order.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static volatile const int64_t *step_ms;

__attribute__((constructor)) static void open_step(void) {
    const char *path = getenv("STEPPED_CLOCK");
    const int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) return;
    void *page = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) step_ms = page;
}

int clock_gettime(clockid_t clock, struct timespec *at) {
    static int (*machine)(clockid_t, struct timespec *);
    if (!machine) machine = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    const int failed = machine(clock, at);
    if (failed || clock != CLOCK_REALTIME || !step_ms) return failed;
    const int64_t ns = at->tv_nsec + (*step_ms % 1000) * 1000000;
    at->tv_sec += *step_ms / 1000 + (ns < 0 ? -1 : ns / 1000000000);
    at->tv_nsec = ns < 0 ? ns + 1000000000 : ns % 1000000000;
    return 0;
}
