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
