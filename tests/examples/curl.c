/* curl.c - a callback on each curl handle, for what the options have no name for. */
#include <curl/curl.h>
#include <mix/client.h>
#include <stdio.h>

static void on_handle(void *user, void *easy) {
    int *handles = user;

    curl_easy_setopt(easy, CURLOPT_USERAGENT, "my-program/1.0");
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    ++*handles;
}

int main(int argc, char **argv) {
    int handles = 0;
    const struct mix_options options = {
        .server = argc > 1 ? argv[1] : NULL,
        .hooks = {.user = &handles, .curl = on_handle},
    };
    struct mix_error err = {.rc = MIX_RC_OK};
    struct mix_client *c = mix_client_new(&options, &err);
    struct health *health = NULL;

    if (!c)
        return 1;
    if (mix_system_get_health(c, &health, NULL, &err) == MIX_RC_OK)
        printf("the server is %s\n", health->status);
    const int bad = !health;

    mix_reply_free(health);
    mix_error_clear(&err);
    mix_client_free(c);
    return bad || handles != 1;
}
