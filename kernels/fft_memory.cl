/* SPDX-License-Identifier: Apache-2.0 */
/* Where the numbers of a pass lie, for fft.cl: a block's copy on chip, and the array in memory.
 *
 * Needs: fft_vector.cl and fft_real.cl before it. */
#define ROWS 0
#define SPLIT 1
#define COLUMNS 2
#define COMPLEX 0
#define REAL_NUMBERS 1
#define HALF 2
#define FOLDED 3
#ifndef MODE
#define MODE ROWS // how blocks lie in the array, see above
#endif
#ifndef PASSES
#define PASSES 3 // how many radices, 1 to 6; LENGTH is their product
#define LENGTH 1024
#define RADIX_0 16 // each 2, 3, 4, 5, 7, 8 or 16
#define RADIX_1 8
#define RADIX_2 8
#endif
#ifndef LANES
#define LANES 1 // sub-transforms of a block; a multiple of WIDTH where MODE is not ROWS
#endif
#ifndef GROUP
#define GROUP 1 // work-items of a group: 1 on a CPU, 16 to 512 on a GPU
#endif
#ifndef HELD
#define HELD 16 // numbers that a work-item holds, GROUP above 1: enough for its share of any radix
#endif
#ifndef FINE
#define FINE WIDTH // entries of the fine table of exp(), a multiple of WIDTH that divides LENGTH
#endif

/* HALF is a spectrum whose other half is its mirror image, FOLDED one of twice as many real numbers as
 * there are complex ones here: fft_real.cl. */
#ifndef INPUT
#define INPUT COMPLEX // or REAL_NUMBERS, HALF, FOLDED
#endif
#ifndef OUTPUT
#define OUTPUT COMPLEX // or REAL_NUMBERS, HALF; FOLDED where MODE is ROWS
#endif

#define SPAN (LENGTH * LANES) // complex numbers of a block
/* What lies one behind the other in a block, and what is side by side in it. */
#if MODE == ROWS
#define LINES LANES
#define BESIDE 1
#else
#define LINES 1
#define BESIDE LANES
#endif
#define LINE (SPAN / LINES)
#if GROUP == 1
#define STAGE __private
#define PLANE ((SPAN + WIDTH - 1) / WIDTH + 1) // vectors; one more keeps planes off the same sets
#define AT(i) (i)
#else
#define STAGE __local
#define PLANE (SPAN + SPAN / 32)
#define AT(i) ((i) + ((i) >> 5)) // strides of powers of two must not meet in one bank
#endif

/* ---- on chip ---- */

/* A block's copy on chip: real parts, then imaginary ones. */
typedef STAGE REAL *stage;

/* Where a block lies, and how much of it is there. */
typedef struct place {
    const __global REAL *in;
    __global REAL *out;
    int parts, stride;
    int part, lane; // the first sub-transform: its part, its position within the stride
    int lanes;      // sub-transforms that exist, from 1 to LANES
    long in_line, out_line; // from a line of the block to the next, in numbers of REAL
    int axis;       // points of the whole axis, where a pass meets numbers that are not COMPLEX
    REAL in_im, out_re, out_im;
    const __global REAL *fold; // roots of unity of a fold
} place;

/* Where number i + offset lies: one sum for all constant offsets that keep clear of the padding. */
INLINE int stage_index(int i, int offset)
{
    return offset % 32 == 0 ? AT(i) + AT(offset) : AT(i + offset);
}

INLINE complexv stage_load(stage from, int i, int offset)
{
    from += stage_index(i, offset);
    complexv value = {VLOAD(from), VLOAD(from + PLANE * WIDTH)};
    return value;
}

INLINE void stage_store(complexv value, stage to, int i, int offset)
{
    to += stage_index(i, offset);
    VSTORE(value.re, to);
    VSTORE(value.im, to + PLANE * WIDTH);
}

/* ---- memory ---- */

/* One number of the input, by its position on the axis. */
INLINE void load_one(const place *at, const __global REAL *in, int position, REAL *re, REAL *im)
{
    (void)at;
#if INPUT == REAL_NUMBERS
    *re = in[position];
    *im = 0;
#elif INPUT == HALF
    bool mirrored = position > at->axis / 2;
    long i = mirrored ? at->axis - position : position;
    *re = in[2 * i];
    *im = mirrored ? -in[2 * i + 1] : in[2 * i + 1];
#else
    *re = in[2 * (long)position];
    *im = in[2 * (long)position + 1];
#endif
}

/* `count` neighbours, zeros behind them. */
INLINE complexv global_load(const place *at, int line, int position, int count)
{
    const __global REAL *in = at->in + line * at->in_line;
#if INPUT == FOLDED
    return folded_load(in, at->fold, at->axis, position, count, at->in_im);
#else
    complexv value;
    if (INPUT == COMPLEX && count >= WIDTH) {
        value = complex_load(in + 2 * (long)position);
    } else if (INPUT == REAL_NUMBERS && count >= WIDTH) {
        value.re = VLOAD(in + position);
        value.im = (REALV)(0);
    } else {
        REAL re[WIDTH];
        REAL im[WIDTH];
        for (int i = 0; i < WIDTH; i++) {
            re[i] = 0;
            im[i] = 0;
            if (i < count) {
                load_one(at, in, position + i, &re[i], &im[i]);
            }
        }
        value.re = VLOAD(re);
        value.im = VLOAD(im);
    }
    value.im *= at->in_im;
    return value;
#endif
}

INLINE void global_store(complexv value, const place *at, int line, int position, int count)
{
    __global REAL *out = at->out + line * at->out_line;
    value.re *= at->out_re;
    value.im *= at->out_im;
#if OUTPUT == HALF
    count = min(count, at->axis / 2 + 1 - position);
#endif
    if (OUTPUT == REAL_NUMBERS && count >= WIDTH) {
        VSTORE(value.re, out + position);
    } else if (count >= WIDTH) {
        complex_store(value, out + 2 * (long)position);
    } else {
        REAL re[WIDTH];
        REAL im[WIDTH];
        VSTORE(value.re, re);
        VSTORE(value.im, im);
        for (int i = 0; i < WIDTH; i++) {
            if (OUTPUT == REAL_NUMBERS && i < count) {
                out[position + i] = re[i];
            } else if (i < count) {
                out[2 * ((long)position + i)] = re[i];
                out[2 * ((long)position + i) + 1] = im[i];
            }
        }
    }
}
