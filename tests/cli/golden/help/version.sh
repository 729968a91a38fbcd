# The libraries differ from build to build; that every one is named, in one list or the other, does not.
gpuverdict --version | head -n 1 | sed 's/[0-9.]*$/N/'
gpuverdict version | cmp - <(gpuverdict -V)
for library in Jansson hwloc xlsxwriter OpenBLAS FFTW FFTWf oneDNN CLBlast clFFT VkFFT; do
  gpuverdict version | grep -qw "$library" || echo "$library is not named"
done
