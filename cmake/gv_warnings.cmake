# SPDX-License-Identifier: Apache-2.0
# gv::warnings: the warnings every file of ours is built with. Errors only where a preset asks.
add_library(gv_warnings INTERFACE)
add_library(gv::warnings ALIAS gv_warnings)
target_compile_options(gv_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wvla -Wformat=2 -Wundef
  # A time, a ratio or a bound must not change with the compiler's mood.
  -ffp-contract=off)
if(GPUVERDICT_WARNINGS_AS_ERRORS)
  target_compile_options(gv_warnings INTERFACE -Werror)
endif()

# gv_library(NAME SOURCES…): a room's static library. Headers are named from the root ("base/…").
function(gv_library name)
  add_library(${name} STATIC ${ARGN})
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/include")
  target_compile_definitions(${name} PRIVATE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
  target_link_libraries(${name} PRIVATE gv::warnings)
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  if(GPUVERDICT_BUILD_FUZZERS)
    # Counters that tell a fuzzer which inputs reach new code.
    target_compile_options(${name} PRIVATE -fsanitize=fuzzer-no-link)
    target_link_options(${name} INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endfunction()
