# The operations whose constants are ours, each verdict, and times too short for one decimal.
figures="--gpu-cores 2560 --cpu-factor 1 --bandwidth 12"
gpuverdict estimate --op fft --size 1048576 $figures --transfer-ms 1.4
gpuverdict estimate --op dense --size 2048000 --size-unit flop $figures --transfer-ms 0.1
gpuverdict estimate --op custom --size 4000 --size-unit bytes $figures --transfer-ms 0
gpuverdict estimate --op matmul --size 1e12 --gpu-cores 1 --cpu-factor 1 --bandwidth 1000 --transfer-ms 3
