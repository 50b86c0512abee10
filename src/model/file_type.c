/* file_type.c - what kind of file a name promises, in a word. */
#include <string.h>
#include <strings.h>

#include "mix/code.h"
#include "mix/files.h"
#include "mix/picture.h"

static const struct {
    const char *word, *ends; /* blanks around each */
} kinds[] = {
    {"text", " txt text log rst adoc org tex srt vtt nfo "},
    {"Markdown", " md markdown mdown "},
    {"sound", " mp3 wav flac ogg oga opus m4a aac mid "},
    {"pdf", " pdf ps eps djvu "},
    {"archive", " zip tar gz tgz bz2 xz zst 7z rar jar deb rpm iso "},
    {"table", " csv tsv xls xlsx ods parquet "},
    {"data", " json jsonl ndjson yaml yml toml xml ini conf cfg sqlite db bin dat "},
    {"page", " html htm xhtml mhtml "},
    {"document", " doc docx odt rtf epub ppt pptx odp "},
    {"picture", " svg ico heic avif psd "},
    {"font", " ttf otf woff woff2 "},
    {"patch", " diff patch "},
};

static const char *by_end(const char *name) {
    const char *dot = strrchr(name, '.');
    char padded[16];
    const size_t n = dot && dot != name ? strlen(dot + 1) : 0;

    if (n == 0 || n > 8)
        return NULL;
    padded[0] = ' ';
    for (size_t i = 0; i < n; i++)
        padded[i + 1] = (char)(dot[i + 1] | (dot[i + 1] >= 'A' && dot[i + 1] <= 'Z' ? 0x20 : 0));
    padded[n + 1] = ' ';
    padded[n + 2] = '\0';
    for (size_t i = 0; i < MIX_COUNT(kinds); i++)
        if (strstr(kinds[i].ends, padded))
            return kinds[i].word;
    return NULL;
}

const char *file_type(const char *name) {
    const char *word = name ? by_end(name) : NULL;

    if (word || !name)
        return word ? word : "file";
    if (picture_film(name))
        return "film";
    if (picture_named(name))
        return "picture";
    const enum lang lang = lang_of_path(name, strlen(name));

    return lang == LANG_NONE ? "file" : lang_name(lang);
}
