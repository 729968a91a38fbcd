#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every .cl of this room, as the providers put the files together, through clang without a driver:
# warnings are errors, in f32 and f64, as one work-item a group and as many.
# Usage: kernel_syntax.sh SOURCE_DIR
set -u
cd "$1/kernels" || exit 1

if ! command -v clang >/dev/null; then
    echo "skipped: no clang"
    exit 77
fi

failed=0
covered=""
# check "DEFINES" FILE...: the last file is the program, the others come before it.
check() {
    defines=$1
    shift
    before=""
    while [ $# -gt 1 ]; do
        before="$before -include $1"
        covered="$covered $1"
        shift
    done
    covered="$covered $1"
    # shellcheck disable=SC2086 # lists of words
    if ! clang -x cl -cl-std=CL1.2 -Xclang -finclude-default-header -fsyntax-only \
        -Wall -Wextra -Werror $defines $before "$1"; then
        echo "in: $defines $before $1"
        failed=1
    fi
}

cpu=""
gpu="-DGROUP_DOWN=8 -DGROUP_ACROSS=16 -DTILES_DOWN=1 -DTILES_ACROSS=1 -DTILE_ROWS=8"
gpu="$gpu -DTILE_VECTORS=1 -DDEPTH=16 -DLEFT_STAGED=1"
shape="-DFILTERS=7 -DCHANNELS=3 -DIN_ROWS=9 -DIN_COLUMNS=11 -DOUT_ROWS=5 -DOUT_COLUMNS=6"
shape="$shape -DFILTER_ROWS=3 -DFILTER_COLUMNS=3 -DPAD_ROWS=1 -DPAD_COLUMNS=1 -DSTRIDE_ROWS=2"
shape="$shape -DSTRIDE_COLUMNS=2 -DDILATION_ROWS=1 -DDILATION_COLUMNS=2"
shape="$shape -DPITCH=8 -DPHASE_ROWS=6 -DPHASE_PLANE=48 -DPLANE=192"
deep=$(echo "$shape" | sed "s/ -DPITCH.*//; s/-DFILTERS=7/-DFILTERS=2 -DPLANE_COUNT=9/")
for real in "-DREAL=float -DWIDTH=8" "-DREAL=double -DWIDTH=4"; do
    for family in "$cpu" "$gpu"; do
        check "$real $family" common.cl tile.cl conv2d.cl
    done
    for tb in 0 1; do
        check "$real $gpu -DLEFT_TRANSPOSED=$tb -DRIGHT_TRANSPOSED=$tb" \
            common.cl split_k.cl tile.cl gemm.cl
    done
    for act in 0 1 2 3 4; do
        check "$real $gpu -DBIAS=1 -DSPLIT_K=3 -DALIGNED=1 -DACTIVATION=$act" \
            common.cl split_k.cl tile.cl gemm.cl
    done
    for packed in 0 1; do
        check "$real -DLEFT_PACKED=$packed" common.cl panel_gemm.cl
        check "$real -DLEFT_PACKED=$packed -DACTIVATION=2" common.cl panel_gemm.cl
    done
    check "$real -DACTIVATION=2" common.cl add_part.cl
    check "$real" common.cl fft_columns.cl
    check "$real" common.cl conv2d_direct.cl
    for outputs in 2 4; do
        check "$real -DOUTPUTS=$outputs" common.cl winograd_points.cl conv2d_winograd.cl
        check "$real -UWIDTH -DWIDTH=1 -DOUTPUTS=$outputs" common.cl winograd_points.cl \
            conv2d_winograd_gpu.cl
    done
    check "$real $shape -DGROUP_ACROSS=64 -DTILES_DOWN=1" common.cl conv2d_direct.cl
    for rows in 1 4; do
        check "$real -DROWS=$rows" common.cl split_k.cl dense_thin.cl
        check "$real -DROWS=$rows -DVECTORS=2 -DSPLIT_K=8 -DALIGNED=1" \
            common.cl split_k.cl dense_thin.cl
    done
done

for shape in "" "$deep"; do
    for real in "-DWIDTH=4" "-DWIDTH=4 -DREAL=double" "-DWIDTH=1 -DGROUP=64 -DPLANES=2" \
        "-DWIDTH=1 -DHALF_STORED=1" "-DWIDTH=4 -DHALF_STORED=1"; do
        check "$real $shape" common.cl conv2d_depthwise.cl
    done
done
check "-DHALF_STORED=1" common.cl conv2d_direct.cl
check "-DHALF_STORED=1" common.cl winograd_points.cl conv2d_winograd.cl
check "-DHALF_STORED=1 -DWIDTH=1" common.cl winograd_points.cl conv2d_winograd_gpu.cl
for family in "-DLEFT_STAGED=1" "$gpu"; do
    check "-DHALF_STORED=1 $family" common.cl tile.cl conv2d.cl
done
for shape in "" "-DALIGNED=1" "-DSPLIT_K=3 -DBIAS=1"; do
    check "-DHALF_STORED=1 -DWIDTH=4 $gpu $shape" common.cl split_k.cl tile.cl gemm.cl
    check "-DHALF_STORED=1 -DWIDTH=4 $gpu $shape -DRIGHT_TRANSPOSED=1" \
        common.cl split_k.cl tile.cl gemm.cl
    check "-DHALF_STORED=1 -DROWS=3 $shape" common.cl split_k.cl dense_thin.cl
done
check "-DHALF_STORED=1 -DLEFT_PACKED=0" common.cl panel_gemm.cl
check "-DHALF_STORED=1 -DACTIVATION=1" common.cl panel_gemm.cl
for real in "-DREAL=float -cl-single-precision-constant" "-DREAL=double"; do
    for mode in "ROWS" "SPLIT -DLANES=16" "COLUMNS -DLANES=16"; do
        for numbers in "COMPLEX -DOUTPUT=COMPLEX" "REAL_NUMBERS -DOUTPUT=HALF" \
            "HALF -DOUTPUT=REAL_NUMBERS" "FOLDED -DOUTPUT=COMPLEX"; do
            for family in "-DWIDTH=8" "-DWIDTH=1 -DGROUP=64 -DHELD=32 -DFINE=32"; do
                check "$real -DMODE=$mode -DINPUT=$numbers $family" \
                    fft_vector.cl fft_radix.cl fft_real.cl fft_memory.cl fft.cl
            done
        done
    done
    for family in "-DWIDTH=1 -DGROUP=64 -DHELD=32" "-DWIDTH=2" "-DWIDTH=4" "-DWIDTH=16"; do
        check "$real -DOUTPUT=FOLDED $family" \
            fft_vector.cl fft_radix.cl fft_real.cl fft_memory.cl fft.cl
        check "$real $family" fft_vector.cl fft_radix.cl fft_real.cl fft_fold.cl
    done
done

check "-DREAL=float" roof.cl
check "-DREAL=double -DUSE_FP64" roof.cl
for chains in "-DCHAINS_8=8 -DCHAINS_16=4" "-DCHAINS_8=10 -DCHAINS_16=10"; do
    for precision in "" -DUSE_FP64 -DUSE_FP16; do
        check "-DNO_MEMORY $precision $chains" ceilings.cl
    done
done
check "-DNO_CHAINS" ceilings.cl
check "-DNO_CHAINS -DLOCAL_VECTOR=16" ceilings.cl

for file in *.cl; do
    case " $covered " in
    *" $file "*) ;;
    *)
        echo "$file: no check above covers it"
        failed=1
        ;;
    esac
done
exit $failed
