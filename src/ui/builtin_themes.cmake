# Writes OUT, a C file with the text of DIR/<name>.theme for every name of the comma-separated NAMES.
# Bytes, not string literals: compilers only promise 4095 characters for one.
string(REPLACE "," ";" names "${NAMES}")
list(SORT names)
set(bodies "")
set(rows "")
set(count 0)
foreach(name IN LISTS names)
  file(READ "${DIR}/${name}.theme" hex HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
  string(REGEX REPLACE "(('[^']*',){16})" "\\1\n    " bytes "${bytes}")
  string(APPEND bodies "static const char theme_${count}[] = {\n    ${bytes}'\\0'};\n\n")
  string(APPEND rows "    {\"${name}\", theme_${count}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE "${OUT}" "#include \"builtin_themes.h\"\n
${bodies}const struct builtin_theme builtin_themes[] = {\n${rows}    {NULL, NULL},\n};
const size_t builtin_theme_count = ${count};\n")
