/* SPDX-License-Identifier: MIT */
/*
 * Where: io; for the metrics.
 * What:  reads getrusage, the limit of open files, and its own place in /proc.
 */
#include "io/process.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static void read_memory(struct process_facts *ret)
{
    FILE *file = fopen("/proc/self/statm", "re");
    uint64_t pages, resident;
    if (file && fscanf(file, "%" SCNu64 " %" SCNu64, &pages, &resident) == 2) {
        ret->virtual_octets = (int64_t)pages * sysconf(_SC_PAGESIZE);
        ret->resident_octets = (int64_t)resident * sysconf(_SC_PAGESIZE);
    }
    if (file)
        fclose(file);
}

/* Less ".", ".." and the directory itself. */
static int64_t count_open_files(void)
{
    DIR *directory = opendir("/proc/self/fd");
    int64_t count = -3;
    if (!directory)
        return -1;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

static int64_t us_of(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_usec;
}

void process_read(struct process_facts *ret)
{
    struct rusage usage;
    struct rlimit limit;
    *ret = (struct process_facts){-1, -1, -1, count_open_files(), -1};
    read_memory(ret);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        ret->cpu_us = us_of(usage.ru_utime) + us_of(usage.ru_stime);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        ret->open_files_most = (int64_t)limit.rlim_cur;
}
