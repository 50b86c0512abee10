/* main.c - mixtui-demo: a Mix server that needs no key. */
#include <stdio.h>
#include <stdlib.h>

#include "demo.h"

int main(int argc, char **argv) {
    struct options o;
    struct err err = {0};
    int code = 0;
    if (options_parse(&o, argc, argv, &err) != RC_OK) {
        fprintf(stderr, "mixtui-demo: %s\n", err.text);
        code = 2;
    } else if (o.help) {
        auto_buf struct buf text = {.max = 64 * MIX_KIB};
        options_help(&text);
        fputs(buf_str(&text), stdout);
    } else if (o.show_version) {
        puts("mixtui-demo " MIX_VERSION);
    } else {
        code = server_run(&o);
    }
    free(o.data);
    return code;
}
