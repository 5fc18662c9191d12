#define _GNU_SOURCE
#include "CHost.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/timex.h>
#include <unistd.h>

int chost_clock_synchronized(void) {
    struct timex status = {0};
    int state = adjtimex(&status);
    if (state < 0) return -1;
    return state != TIME_ERROR && (status.status & STA_UNSYNC) == 0;
}

int chost_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }
