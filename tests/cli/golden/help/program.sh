gpuverdict --help
gpuverdict help | cmp - <(gpuverdict -h) && gpuverdict help | cmp - <(gpuverdict --help)
