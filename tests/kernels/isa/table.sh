#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes kernels/ISA.md: the tables of isa.py for the kernels of a build.
# Usage: tests/kernels/isa/table.sh BUILD_FOLDER
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
programs=$(mktemp -d)
trap 'rm -rf "$programs"' EXIT
"$1/tests/kernels/isa/gv_isa_programs" "$programs"
{
  printf '# Our kernels as GPU compilers see them\n\n'
  printf 'Written by `tests/kernels/isa/table.sh`; how it is made and read: [its README](../tests/kernels/isa/README.md).\n'
  printf 'Default parameters, one row for each program and target.\n'
  for vendor in nvidia amd intel; do
    printf '\n'
    python3 "$here/isa.py" "$vendor" "$programs" "$root/kernels" | sed '1s/.*/## &\n/; /^NOT AS EXPECTED/d' || true
  done
} >"$root/kernels/ISA.md"
