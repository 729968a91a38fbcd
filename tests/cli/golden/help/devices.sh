gpuverdict devices --help
gpuverdict help devices | cmp - <(gpuverdict devices -h)
