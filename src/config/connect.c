/* connect.c - what every command does before anything else. */
#include <stdio.h>
#include <stdlib.h>

#include "mix/text.h"
#include "private.h"

enum rc connect_log(const struct connect_flags *flags, struct err *err) {
    const char *env = getenv("MIX_DEBUG");

    if (flags->debug)
        return log_open(flags->debug, err);
    if (str_blank(env) || str_eq(env, "0"))
        return RC_OK;
    auto_free char *dir = path_state_dir();
    auto_buf struct buf path = {0};

    if (!dir)
        return RC_OK;
    buf_init(&path, 64 * MIX_KIB);
    (void)buf_addf(&path, "%s/debug.log", dir);
    const enum rc rc = path_make_dirs(buf_str(&path), err);

    return rc == RC_OK ? log_open(buf_str(&path), err) : rc;
}

enum rc connect_open(struct profile *out, const struct connect_flags *flags, struct err *err) {
    struct config config = {0};
    auto_buf struct buf complaints = {0};

    *out = (struct profile){0};
    buf_init(&complaints, 64 * MIX_KIB);
    enum rc rc = connect_log(flags, err);

    if (rc == RC_OK)
        rc = config_read(&config, flags->config_file, &complaints, err);
    if (rc == RC_OK) {
        auto_buf struct buf clean = {0};

        buf_init(&clean, MIX_MIB);
        (void)text_clean(&clean, buf_str(&complaints), complaints.n, CLEAN_TEXT);
        fputs(buf_str(&clean), stderr);
        rc = profile_open(out, &config, flags, err);
    }
    config_fini(&config);
    return rc;
}
