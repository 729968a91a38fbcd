gpuverdict estimate --op matmul --size 10000000 --gpu-cores 5120 --cpu-factor 2.0 --bandwidth 1555 --transfer-ms 12
