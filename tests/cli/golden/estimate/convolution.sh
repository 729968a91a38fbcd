gpuverdict estimate --model simple --op convolution --size 5000000 --gpu-cores 3584 --cpu-factor 1.5 --bandwidth 448 --transfer-ms 8
