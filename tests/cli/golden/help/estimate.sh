gpuverdict estimate --help
gpuverdict help estimate | cmp - <(gpuverdict estimate -h)
