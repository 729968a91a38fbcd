#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Fetches NVIDIA's assembler from PyPI, which needs neither a GPU nor a driver: what our kernels become
# on NVIDIA's cards is tested with it.
#
#   scripts/ptxas.sh FOLDER
#
# Leaves FOLDER/ptxas, for GPUVERDICT_PTXAS.
set -euo pipefail
[ $# -eq 1 ] || {
  sed -n '3,8p' "$0" | cut -c3- >&2
  exit 2
}
folder=$1
version=12.9.86

[ ! -x "$folder/ptxas" ] || exit 0
printf "Fetching NVIDIA's ptxas %s from PyPI\n" "$version" >&2
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet "nvidia-cuda-nvcc-cu12==$version"
found=$(find "$folder" -name ptxas -type f -print -quit)
[ -n "$found" ] || {
  echo "nvidia-cuda-nvcc-cu12 $version holds no ptxas" >&2
  exit 1
}
ln -s "$(realpath "$found")" "$folder/ptxas"
