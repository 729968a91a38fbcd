#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Golden transcripts of the program.
#
#   golden.sh [--update] PROGRAM TOPIC…     a TOPIC is a folder of golden/
#
# Each golden/TOPIC/NAME.sh runs in an empty folder with the program as `gpuverdict`. What it prints is
# compared with NAME.stdout and NAME.stderr, its status with NAME.exit; a file that is not there
# stands for nothing, and for 0. --update rewrites them: read the difference before you commit it.
#
# In a script, `try ARGUMENT…` shows a command with everything it prints and its exit code.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
update=
if [ "${1:-}" = --update ]; then
  update=1
  shift
fi
program=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin"
ln -s "$program" "$work/bin/gpuverdict"
cat > "$work/prelude" <<'PRELUDE'
try() {
  printf '$ gpuverdict'
  for argument in "$@"; do
    case $argument in
      '' | *[!a-zA-Z0-9_.:,=+/-]*) printf ' %q' "$argument" ;;
      *) printf ' %s' "$argument" ;;
    esac
  done
  printf '\n'
  gpuverdict "$@" 2>&1
  printf 'exit %d\n\n' $?
}
PRELUDE
# Whatever the user's settings are, a transcript is the same.
unset GPUVERDICT_DEVICE GPUVERDICT_CATALOGUE COLUMNS
export XDG_CONFIG_HOME=$work/config
# Nothing here measures: a usage error that is not refused must not start a run of minutes.
export GPUVERDICT_WORKER_DIR=$work/no-workers
export PATH="$work/bin:$PATH" LC_ALL=C.UTF-8 BASH_ENV=$work/prelude

# compare EXPECTED ACTUAL: or rewrite; a file of nothing is not kept.
compare() {
  if [ -n "$update" ]; then
    if [ -s "$2" ]; then cp "$2" "$1"; else rm -f "$1"; fi
  elif ! diff -u --label "$1" --label actual "$([ -e "$1" ] && echo "$1" || echo /dev/null)" "$2"; then
    failed=1
  fi
}

failed=0
seen=0
for topic in "$@"; do
  for script in "$here/golden/$topic"/*.sh; do
    [ -e "$script" ] || continue
    seen=$((seen + 1))
    mkdir "$work/$seen"
    (cd "$work/$seen" && bash "$script" > "$work/stdout" 2> "$work/stderr" < /dev/null)
    code=$?
    if [ $code -eq 0 ]; then : > "$work/exit"; else echo $code > "$work/exit"; fi
    for part in stdout stderr exit; do
      compare "${script%.sh}.$part" "$work/$part"
    done
  done
done
if [ $seen -eq 0 ]; then
  echo "no script was found in: $*"
  failed=1
fi
[ $failed -eq 0 ] && echo "$seen transcripts as expected"
exit $failed
