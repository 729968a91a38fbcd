gpuverdict estimate --op conv2d --size 5e6 --size-unit elements --gpu-cores 3584 --cpu-factor 1.5 --bandwidth 448 --transfer-ms 8 --json
