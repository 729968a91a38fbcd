gpuverdict report --help
gpuverdict help report | cmp - <(gpuverdict report -h)
