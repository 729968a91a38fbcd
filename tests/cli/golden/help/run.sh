gpuverdict run --help
gpuverdict help run | cmp - <(gpuverdict run -h)
