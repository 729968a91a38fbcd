gpuverdict catalogue --help
