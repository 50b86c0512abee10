/* logging.c - the debug log line by line. Without a callback MIX_DEBUG=1 writes it to stderr and
 * MIX_DEBUG=FILE to that file. */
#include <mix/client.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct log {
    int lines;
    int leaked;
};

/* On the client's network thread. */
static void on_line(void *user, const char *line) {
    struct log *log = user;

    log->lines++;
    log->leaked |= strstr(line, "very-secret") != NULL;
    printf("LOG %s\n", line);
}

static int ask(struct mix_client *c) {
    if (!c)
        return 1;
    const int bad = mix_system_get_health(c, NULL, NULL, NULL) != MIX_RC_OK;

    mix_client_free(c);
    return bad;
}

int main(int argc, char **argv) {
    static const char *const headers[] = {"Authorization: Bearer very-secret"};
    char file[] = "/tmp/mix-example-XXXXXX";
    struct log log = {0, 0};
    struct mix_options options = {
        .server = argc > 1 ? argv[1] : NULL,
        .headers = headers,
        .n_headers = 1,
        .hooks = {.user = &log, .log = on_line},
    };
    const int fd = mkstemp(file);
    int bad = ask(mix_client_new(&options, NULL));

    /* The same by environment, for a program that says nothing about logs. */
    setenv("MIX_DEBUG", file, 1);
    options.hooks.log = NULL;
    bad |= ask(mix_client_new(&options, NULL));
    FILE *f = fdopen(fd, "r");
    char line[512] = "";

    bad |= !f || !fgets(line, sizeof line, f) || strstr(line, "very-secret");
    printf("FILE %s", line);
    if (f)
        fclose(f);
    remove(file);
    return bad || log.lines == 0 || log.leaked;
}
