try estimate
try estimate --op matmul --size 1e7 --gpu-cores 5120 --cpu-factor 2 --bandwidth 1555
try estimate --op convolve
try estimate --op
try estimate --model ai
try estimate --size-unit kilograms
try estimate --size 0
try estimate --size -5
try estimate --size 1e999
try estimate --size many
try estimate --size 1 --size 2
try estimate --gpu-cores 0
try estimate --gpu-cores 1.5
try estimate --gpu-cores 1e17
try estimate --cpu-factor 0
try estimate --bandwidth 0
try estimate --transfer-ms -1
try estimate --json=1
try estimate --sise 5
try estimate matmul
full="--op matmul --gpu-cores 1 --transfer-ms 1 --bandwidth 1"
try estimate $full --size 1e308 --cpu-factor 1e300
try estimate --device 'RTX 3070'
try estimate --workload fft:shape=1024
try estimate --device 'RTX 3070' --op matmul
try estimate --device 'Quantum 9000' --workload fft:shape=1024
try estimate --device A100 --workload fft:shape=1024
try estimate --device T4 --workload fft:shape=0
try estimate --device T4 --workload fft:shape=8 --software mine
try estimate --device T4 --workload fft:shape=8 --calibrate nowhere.jsonl
try estimate --device 'Apple M1' --workload fft:shape=8,precision=f64
try estimate --device T4 --op matmul --size 1e300
try estimate --batch nowhere.csv
printf 'device,workload\nT4,fft:shape=8,batch=2\n' > list.csv
try estimate --batch list.csv
try estimate --model simple
try estimate --batch list.csv --device T4
try estimate --batch list.csv --json
try estimate --model simple --device T4 --workload fft:shape=8
try estimate --device T4 --workload fft:shape=8 --gpu-cores 5120
try estimate --device T4 --workload fft:shape=8 --size 5
try estimate --device T4 --workload fft:shape=8 --bandwidth 1e9
