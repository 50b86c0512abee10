/* class.c - what a character is to somebody who moves by words. */
#include <utf8proc.h>

#include "mix/text.h"

static const struct {
    uint32_t from, to;
    enum text_class is;
} scripts[] = {
    {0x1100, 0x11ff, CLASS_HANGUL},   {0x2e80, 0x2fdf, CLASS_HAN},
    {0x3005, 0x3007, CLASS_HAN},      {0x3041, 0x309f, CLASS_HIRAGANA},
    {0x30a1, 0x30ff, CLASS_KATAKANA}, {0x3130, 0x318f, CLASS_HANGUL},
    {0x31f0, 0x31ff, CLASS_KATAKANA}, {0x3400, 0x4dbf, CLASS_HAN},
    {0x4e00, 0x9fff, CLASS_HAN},      {0xac00, 0xd7af, CLASS_HANGUL},
    {0xf900, 0xfaff, CLASS_HAN},      {0xff66, 0xff9f, CLASS_KATAKANA},
    {0x1f000, 0x1faff, CLASS_EMOJI},  {0x20000, 0x3ffff, CLASS_HAN},
};

#define BIT(category) (1U << UTF8PROC_CATEGORY_##category)
static const uint32_t letters = BIT(LU) | BIT(LL) | BIT(LT) | BIT(LM) | BIT(LO) | BIT(MN) |
                                BIT(MC) | BIT(ME) | BIT(ND) | BIT(NL) | BIT(NO);
static const uint32_t blanks = BIT(ZS) | BIT(ZL) | BIT(ZP) | BIT(CC);

static enum text_class by_category(uint32_t cp) {
    const uint32_t bit = 1U << utf8proc_category((utf8proc_int32_t)cp);

    return bit & letters ? CLASS_LETTER : bit & blanks ? CLASS_BLANK : CLASS_SIGN;
}

enum text_class text_class(uint32_t cp) {
    if (cp < 0x80) {
        const uint32_t low = cp | 32;
        const bool letter = (low >= 'a' && low <= 'z') || (cp >= '0' && cp <= '9') || cp == '_';
        return letter       ? CLASS_LETTER
               : cp == '\n' ? CLASS_LINE_END
               : cp <= ' '  ? CLASS_BLANK
                            : CLASS_SIGN;
    }
    for (size_t i = 0; i < MIX_COUNT(scripts); i++)
        if (cp >= scripts[i].from && cp <= scripts[i].to)
            return scripts[i].is;
    return by_category(cp);
}

uint32_t text_upper(uint32_t cp) { return (uint32_t)utf8proc_toupper((utf8proc_int32_t)cp); }

uint32_t text_lower(uint32_t cp) { return (uint32_t)utf8proc_tolower((utf8proc_int32_t)cp); }
