# SPDX-License-Identifier: Apache-2.0
# Embeds files into a target at build time, so that an edited kernel is rebuilt.
#
# As a module:  gv_embed(TARGET SYMBOL FILE [LINE]) adds `const gv__embedded SYMBOL` (embedded.h) to
#               TARGET. With LINE, the text starts with `#line 1 "FILE"`, so that an OpenCL compiler's
#               message names the file.
# As a script:  cmake -DIN=… -DOUT=… -DSYMBOL=… -DLABEL=… [-DLINE=1] -P gv_embed.cmake
#
# The file becomes a byte array and not a string literal: C promises only 4,095 characters of those,
# and quotes, backslashes and UTF-8 survive.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${IN}" bytes HEX)
  file(SHA256 "${IN}" digest)
  if(LINE)
    string(HEX "#line 1 \"${LABEL}\"\n" prefix)
    string(PREPEND bytes "${prefix}")
  endif()
  string(LENGTH "${bytes}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${bytes}")
  # One long line slows compilers and editors down: 20 bytes a line.
  string(REPEAT "0x..," 20 line)
  string(REGEX REPLACE "(${line})" "\\1\n" bytes "${bytes}")
  file(WRITE "${OUT}.tmp"
"/* Made from ${LABEL} by cmake/gv_embed.cmake. */
#include \"base/embedded.h\"
static const unsigned char text[] = {
${bytes}0};
extern const gv__embedded ${SYMBOL};
const gv__embedded ${SYMBOL} = {\"${LABEL}\", text, ${length}, \"${digest}\"};
")
  file(RENAME "${OUT}.tmp" "${OUT}")
  return()
endif()

set(GV_EMBED_SCRIPT "${CMAKE_CURRENT_LIST_FILE}")

function(gv_embed target symbol file)
  cmake_path(ABSOLUTE_PATH file BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" OUTPUT_VARIABLE path)
  cmake_path(RELATIVE_PATH path BASE_DIRECTORY "${PROJECT_SOURCE_DIR}" OUTPUT_VARIABLE label)
  set(line "")
  if("LINE" IN_LIST ARGN)
    set(line -DLINE=1)
  endif()
  set(out "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.c")
  add_custom_command(OUTPUT "${out}"
    COMMAND "${CMAKE_COMMAND}" "-DIN=${path}" "-DOUT=${out}" -DSYMBOL=${symbol} "-DLABEL=${label}"
            ${line} -P "${GV_EMBED_SCRIPT}"
    DEPENDS "${path}" "${GV_EMBED_SCRIPT}"
    COMMENT "Embedding ${label}" VERBATIM)
  target_sources(${target} PRIVATE "${out}")
endfunction()
