try run --suite fast
try run --suite ''
try run --suite
try run --suite --list
try run --suite -o j.jsonl
try run --suite quick --suite full
try run --time-budget 0
try run --time-budget -1
try run --time-budget 1e999
try run --time-budget soon
try run --time-budget 5s
try run --time-budget nan
try run --time-budget 0x10
try run --time-budget ' 5'
try run --time-budget
try run --output
try run -o
try run -o ''
try run -o a.jsonl --output b.jsonl
try run --resume --resume
try run --resume=yes
try run --resume
try run --resume --list
try run --suite ceilings --workload fft:shape=64
try run --suite ceilings --resume -o journal.jsonl
try run --device
try run --device ''
try run --workload
try run --devices 0
try run --json
try run journal.jsonl
try run $'a\nb\e[31m'
