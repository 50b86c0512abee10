/* measure.c - results and measuring. */
#include "bench.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int over;

static void print_value(double v, const char *unit) {
    printf("\t%.*f%s%s", !*unit || v >= 100 ? 0 : v < 10 ? 2 : 1, v, *unit ? " " : "", unit);
}

static void end_line(bool good) {
    printf("\t%s\n", good ? "ok" : "OVER");
    fflush(stdout);
    over |= !good;
}

void bench_ratio(const char *name, const char *unit, double value, double floor, double limit) {
    double ratio = floor > 0 ? value / floor : 0;

    printf("%s", name);
    print_value(value, unit);
    print_value(floor, unit);
    printf("\t%.2f x\t%.3g x", ratio, limit);
    end_line(floor > 0 && ratio <= limit);
}

void bench_most(const char *name, const char *unit, double value, double floor, double limit) {
    printf("%s", name);
    print_value(value, unit);
    if (floor > 0)
        print_value(floor, unit);
    else
        printf("\t");
    printf("\t\t%.4g%s%s", limit, *unit ? " " : "", unit);
    end_line(value <= limit);
}

int bench_exit(void) { return over; }

static int by_value(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double bench_percentile(double *values, size_t n, double p) {
    qsort(values, n, sizeof *values, by_value);
    size_t at = (size_t)(p * (double)n);

    return n ? values[at < n ? at : n - 1] : 0;
}

static double seconds(struct timeval t) { return (double)t.tv_sec + (double)t.tv_usec / 1e6; }

double bench_cpu(void) {
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return seconds(u.ru_utime) + seconds(u.ru_stime);
}

double bench_process_cpu(pid_t pid) {
    char path[64], line[1024] = "";
    unsigned long user = 0, system = 0;

    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *f = fopen(path, "r");
    if (!f)
        return 0;
    const char *name_end = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
    fclose(f);
    if (!name_end || sscanf(name_end + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
                            &user, &system) != 2)
        return 0;
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static int64_t field_of(const char *path, const char *field) {
    char line[256];
    int64_t value = -1;
    FILE *f = fopen(path, "r");
    size_t n = strlen(field);

    if (!f)
        return -1;
    while (value < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, field, n) == 0 && line[n] == ':')
            value = strtoll(line + n + 1, NULL, 10);
    fclose(f);
    return value;
}

int64_t bench_pss(pid_t pid) {
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/smaps_rollup", (int)pid);
    return field_of(path, "Pss");
}

int64_t bench_status(pid_t pid, const char *field) {
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    return field_of(path, field);
}

int64_t bench_switches(pid_t pid) {
    char path[300];
    int64_t sum = 0;

    snprintf(path, sizeof path, "/proc/%d/task", (int)pid);
    DIR *d = opendir(path);
    if (!d)
        return -1;
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "/proc/%d/task/%s/status", (int)pid, e->d_name);
        sum += field_of(path, "voluntary_ctxt_switches");
        sum += field_of(path, "nonvoluntary_ctxt_switches");
    }
    closedir(d);
    return sum;
}

void bench_apart(void (*f)(void *arg, double *out), void *arg, double *out, size_t n) {
    int ends[2];

    memset(out, 0, n * sizeof *out);
    fflush(NULL);
    if (pipe(ends) != 0)
        exit(2);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        f(arg, out);
        ssize_t done = write(ends[1], out, n * sizeof *out);
        _exit(done == (ssize_t)(n * sizeof *out) ? 0 : 2);
    }
    close(ends[1]);
    ssize_t got = read(ends[0], out, n * sizeof *out);
    close(ends[0]);
    if (pid < 0 || waitpid(pid, NULL, 0) != pid || got != (ssize_t)(n * sizeof *out)) {
        fprintf(stderr, "a measurement ended without a result\n");
        exit(2);
    }
}

long bench_number(int argc, char **argv, const char *name, long otherwise) {
    for (int i = 1; i + 1 < argc; i++)
        if (strncmp(argv[i], "--", 2) == 0 && strcmp(argv[i] + 2, name) == 0)
            return strtol(argv[i + 1], NULL, 10);
    return otherwise;
}
