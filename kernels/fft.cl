/* SPDX-License-Identifier: Apache-2.0 */
/* One pass over memory of a complex transform: sub-transforms of LENGTH points, which a work-group
 * keeps on chip from the first radix to the last.
 *
 * The array is outer x (LENGTH * parts) x stride complex numbers, and the middle axis is transformed.
 * In Stockham's form a pass takes number k of sub-transform `part` from axis position
 * part + k * parts and leaves it at position part * LENGTH + k, times exp(-2 pi i part k / (LENGTH *
 * parts)); the next pass sees LENGTH times the stride. Work: 5 LENGTH log2(LENGTH) flop each. Traffic:
 * the array in and out, once for each pass.
 *
 * ROWS     parts = stride = 1: vectors lie along the axis, a block is LANES whole transforms
 * SPLIT    stride = 1: a block is LANES neighbouring parts, side by side in the vectors; what leaves
 *          is transposed on the way out
 * COLUMNS  a block is LANES neighbours of the stride
 *
 * One text, two families. On a CPU a group is one work-item that walks through vectors and keeps two
 * copies of its block in its cache. On a GPU a group is many work-items, WIDTH 1, that take one
 * butterfly or more each, hold them in registers across the barrier and share one copy in local memory.
 *
 * Needs: fft_vector.cl, fft_radix.cl, fft_real.cl and fft_memory.cl before it; 2 LENGTH LANES numbers of
 * local memory with GROUP above 1, and a thirty-second more. */
#if MODE == SPLIT
/* exp(-2 pi i part k / (LENGTH * parts)) for WIDTH values of k: a coarse step times fine ones. */
INLINE complexv split_root(const __global REAL *roots, const place *at, int part, int k)
{
    const __global REAL *fine = roots + 2 * (part * FINE + k % FINE);
    const __global REAL *coarse =
        roots + 2 * ((long)at->parts * FINE + (long)part * (LENGTH / FINE) + k / FINE);
    return complex_turn(complex_load(fine), coarse[0], coarse[1]);
}

#elif MODE == COLUMNS
/* Number k of one sub-transform, the same for all lanes. */
INLINE complexv turn_column(complexv value, const __global REAL *roots, const place *at, int k)
{
    const __global REAL *fine = roots + 2 * (at->part * FINE + k % FINE);
    const __global REAL *coarse =
        roots + 2 * ((long)at->parts * FINE + (long)at->part * (LENGTH / FINE) + k / FINE);
    return complex_turn(value, coarse[0] * fine[0] - coarse[1] * fine[1],
                        coarse[0] * fine[1] + coarse[1] * fine[0]);
}
#endif

/* Number b of the vectors that a butterfly's first inputs are: a line, p and q within it. Where the
 * inner length is no multiple of WIDTH, its last vector overlaps the one before. */
typedef struct butterfly {
    int line, p, q;
} butterfly;

INLINE butterfly butterfly_of(int b, int radix, int inner)
{
    int vectors = (inner + WIDTH - 1) / WIDTH;
    int each = LINE / (radix * inner) * vectors;
    butterfly at = {b / each, b % each / vectors, min(b % each % vectors * WIDTH, inner - WIDTH)};
    return at;
}

/* How many there are when radices of `radix` act on `inner` neighbours. */
INLINE int butterfly_count(int radix, int inner)
{
    return LINES * (LINE / (radix * inner)) * ((inner + WIDTH - 1) / WIDTH);
}

#if MODE == ROWS
/* The same for the first radix of ROWS, whose vectors lie along p. */
#define ROW_VECTORS(radix) ((LENGTH / (radix) + WIDTH - 1) / WIDTH)

INLINE butterfly row_butterfly_of(int b, int radix)
{
    int each = ROW_VECTORS(radix);
    butterfly at = {b / each, min(b % each * WIDTH, LENGTH / radix - WIDTH), 0};
    return at;
}
#endif

/* ---- the first radix: from memory ---- */

INLINE void first_load(complexv v[], int radix, const place *at, int b)
{
#if MODE == ROWS
    butterfly from = row_butterfly_of(b, radix);
    int count = LINES == 1 || from.line < at->lanes ? WIDTH : 0;
#else
    butterfly from = butterfly_of(b, radix, BESIDE);
    int count = at->lanes - from.q;
#endif
    EACH(k, 0, radix)
    {
        int row = from.p + k * (LENGTH / radix);
#if MODE == ROWS
        v[k] = global_load(at, from.line, row, count);
#else
        v[k] = global_load(at, 0, (row * at->parts + at->part) * at->stride + at->lane + from.q,
                           count);
#endif
    }
}

/* Turn by exp(-2 pi i p k / (radix * parts within the block)); neighbours share p. */
INLINE void turn(complexv v[], int radix, const __global REAL *roots, int p)
{
    EACH(k, 1, radix)
    {
        const __global REAL *root = roots + 2 * (p * (radix - 1) + k - 1);
        v[k] = complex_turn(v[k], root[0], root[1]);
    }
}

#if MODE == ROWS
/* Vectors along p become neighbours in the stage: a transpose. */
INLINE void first_store(complexv v[], int radix, const __global REAL *roots, stage to, int b)
{
    butterfly at = row_butterfly_of(b, radix);
    int parts = LENGTH / radix;
    REALV re[16];
    REALV im[16];
    re[0] = v[0].re;
    im[0] = v[0].im;
    EACH(k, 1, radix)
    {
        const __global REAL *root = roots + 2 * (k - 1) * parts + at.p;
        complexv by = {VLOAD(root), VLOAD(root + parts)};
        complexv turned = complex_times(v[k], by);
        re[k] = turned.re;
        im[k] = turned.im;
    }
    int base = at.line * LINE + at.p * radix;
    if ((radix & (radix - 1)) == 0) {
        transpose(re, radix);
        transpose(im, radix);
        EACH(k, 0, radix)
        {
            complexv value = {re[k], im[k]};
            stage_store(value, to, base, k * WIDTH);
        }
    } else {
        EACH(k, 0, radix)
        {
            REAL lane_re[WIDTH];
            REAL lane_im[WIDTH];
            VSTORE(re[k], lane_re);
            VSTORE(im[k], lane_im);
            for (int i = 0; i < WIDTH; i++) {
                to[AT(base + i * radix + k)] = lane_re[i];
                to[PLANE * WIDTH + AT(base + i * radix + k)] = lane_im[i];
            }
        }
    }
}
#endif

/* ---- a radix in the middle: from the stage to the stage ---- */

INLINE void middle_load(complexv v[], int radix, int inner, stage from, int b)
{
    butterfly at = butterfly_of(b, radix, inner);
    EACH(k, 0, radix)
    {
        v[k] = stage_load(from, at.line * LINE + at.q + inner * at.p, k * (LINE / radix));
    }
}

INLINE void middle_store(complexv v[], int radix, int inner, const __global REAL *roots, stage to,
                         int b)
{
    butterfly at = butterfly_of(b, radix, inner);
    turn(v, radix, roots, at.p);
    EACH(k, 0, radix)
    {
        stage_store(v[k], to, at.line * LINE + at.q + inner * radix * at.p, k * inner);
    }
}

/* ---- the last radix: to memory ---- */

INLINE void last_store(complexv v[], int radix, const __global REAL *roots, const place *at,
                       stage to, int b)
{
    (void)roots;
    (void)at;
    (void)to;
    int inner = LINE / radix;
    butterfly from = butterfly_of(b, radix, inner);
    EACH(k, 0, radix)
    {
#if OUTPUT == FOLDED
        stage_store(v[k], to, from.line * LINE + from.q, k * inner);
#elif MODE == ROWS
        if (LINES == 1 || from.line < at->lanes) {
            global_store(v[k], at, from.line, from.q + k * inner, WIDTH);
        }
#elif MODE == SPLIT
        stage_store(v[k], to, from.q, k * inner);
#else
        int row = from.q / LANES + k * (LENGTH / radix);
        int lane = from.q % LANES;
        complexv value = at->parts > 1 ? turn_column(v[k], roots, at, row) : v[k];
        global_store(value, at, 0, (at->part * LENGTH + row) * at->stride + at->lane + lane,
                     at->lanes - lane);
#endif
    }
}

#if MODE == SPLIT
/* The block, lanes side by side, to memory, each lane's numbers side by side. */
INLINE void split_store(stage from, const __global REAL *roots, const place *at, int item)
{
    for (int tile = item; tile < SPAN / (WIDTH * WIDTH); tile += GROUP) {
        int k = tile % (LENGTH / WIDTH) * WIDTH;
        int lane = tile / (LENGTH / WIDTH) * WIDTH;
        REALV re[WIDTH];
        REALV im[WIDTH];
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            complexv value = stage_load(from, k * LANES + lane, i * LANES);
            re[i] = value.re;
            im[i] = value.im;
        }
        transpose(re, WIDTH);
        transpose(im, WIDTH);
#pragma unroll
        for (int i = 0; i < WIDTH; i++) {
            int part = at->part + lane + i;
            if (lane + i < at->lanes) {
                complexv value = {re[i], im[i]};
                global_store(complex_times(value, split_root(roots, at, part, k)), at, 0,
                             part * LENGTH + k, WIDTH);
            }
        }
    }
}
#endif

#if OUTPUT == FOLDED
/* The transforms of a block to memory, folded. */
INLINE void fold_block(stage from, const place *at, int item)
{
    const int vectors = (LENGTH / 2 + WIDTH - 1) / WIDTH;
    for (int i = item; i < at->lanes * (vectors + 1); i += GROUP) {
        int line = i / (vectors + 1);
        int vector = i % (vectors + 1);
        int base = line * LINE;
        __global REAL *out = at->out + line * at->out_line;
        if (vector < vectors) {
            int k = min(1 + vector * WIDTH, LENGTH - WIDTH);
            complexv far = stage_load(from, base + LENGTH - k - WIDTH + 1, 0);
            folded_store(stage_load(from, base + k, 0), complex_reverse(far), at->fold, out, LENGTH,
                         k);
        } else {
            folded_store_ends(from[AT(base)], from[PLANE * WIDTH + AT(base)], out, LENGTH);
        }
    }
}
#endif

/* ---- one block ---- */

INLINE void step_load(complexv v[], bool first, int radix, int inner, const place *at,
                             stage from, int b)
{
    if (first) {
        first_load(v, radix, at, b);
    } else {
        middle_load(v, radix, inner, from, b);
    }
    radix_any(v, radix);
}

INLINE void step_store(complexv v[], bool first, bool last, int radix, int inner,
                              const __global REAL *roots, const __global REAL *split,
                              const place *at, stage to, int b)
{
    (void)first;
    if (last) {
        last_store(v, radix, split, at, to, b);
#if MODE == ROWS
    } else if (first) {
        first_store(v, radix, roots, to, b);
#endif
    } else {
        middle_store(v, radix, inner, roots, to, b);
    }
}

/* All butterflies of one radix. Alone, a work-item takes one after the other, from one copy of the
 * block to the other. In company each loads all of its own before anybody stores. */
INLINE void step(bool first, bool last, int radix, int inner, const __global REAL *roots,
                        const __global REAL *split, const place *at, stage from, stage to, int item)
{
#if MODE == ROWS
    const int count = first ? LINES * ROW_VECTORS(radix) : butterfly_count(radix, inner);
#else
    const int count = butterfly_count(radix, inner);
#endif
    (void)item;
#if GROUP == 1
    for (int b = 0; b < count; b++) {
        complexv v[16];
        step_load(v, first, radix, inner, at, from, b);
        step_store(v, first, last, radix, inner, roots, split, at, to, b);
    }
#else
    complexv held[HELD];
    const int turns = (count + GROUP - 1) / GROUP;
#pragma unroll
    for (int turn = 0; turn < turns; turn++) {
        int b = item + turn * GROUP;
        if (count % GROUP == 0 || b < count) {
            step_load(held + turn * radix, first, radix, inner, at, from, b);
        }
    }
    // A pass that works in place also reads the memory that others write. The flags are literals, since
    // rusticl's translator looks for a constant before it inlines anything.
    if (first) {
        barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE);
    } else {
        barrier(CLK_LOCAL_MEM_FENCE);
    }
#pragma unroll
    for (int turn = 0; turn < turns; turn++) {
        int b = item + turn * GROUP;
        if (count % GROUP == 0 || b < count) {
            step_store(held + turn * radix, first, last, radix, inner, roots, split, at, to, b);
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
#endif
}

#define STEP(number, radix, inner)                                                                 \
    step(number == 0, number + 1 == PASSES, radix, inner, roots, split, &at,                       \
         (number) % 2 ? a : b, (number) % 2 ? b : a, item);                                        \
    roots += 2 * (radix - 1) * (LINE / (radix * (inner)))

/* `blocks` blocks in all, `per_group` of them for each group; `outer` as above. Distances are those of the outermost
 * axis, in numbers of REAL. Parts in `in_im`, `out_re`, `out_im` multiply what comes in and goes out:
 * 1, or -1 and a scale for an inverse. */
__kernel ITEMS(GROUP) void
fft(int blocks, int per_group, int outer, int parts, int stride, long in_distance, long out_distance,
    REAL in_im, REAL out_re, REAL out_im, const __global REAL *all_roots, const __global REAL *in,
    __global REAL *out)
{
#if GROUP == 1
    STAGE REALV copies[2][2 * PLANE];
    stage a = (stage)copies[0];
    stage b = (stage)copies[1];
#else
    STAGE REALV copy[2 * PLANE];
    stage a = copy;
    stage b = copy;
#endif
    const int item = (int)get_local_id(0);
    const int from = (int)get_group_id(0) * per_group;
    const int neighbours = MODE == ROWS ? outer : MODE == SPLIT ? parts : stride;
    const int across = neighbours / LANES + (neighbours % LANES != 0);
    const int each = MODE == COLUMNS ? across * parts : across; // blocks of an outermost index
    for (int block = from; block < min(from + per_group, blocks); block++) {
        const int first = block % across * LANES;
        const long index = MODE == ROWS ? first : block / each;
        place at = {in + index * in_distance,
                    out + index * out_distance,
                    parts,
                    stride,
                    MODE == COLUMNS ? block % each / across : MODE == SPLIT ? first : 0,
                    MODE == COLUMNS ? first : 0,
                    min(LANES, neighbours - first),
                    in_distance,
                    out_distance,
                    LENGTH * parts * stride,
                    in_im,
                    out_re,
                    out_im,
                    all_roots + 2 * LENGTH +
                        (parts > 1 ? 2 * (long)parts * (FINE + LENGTH / FINE) : 0)};
        const __global REAL *roots = all_roots;
        const __global REAL *split = all_roots + 2 * LENGTH;
        STEP(0, RADIX_0, BESIDE);
#if PASSES > 1
        STEP(1, RADIX_1, BESIDE *RADIX_0);
#endif
#if PASSES > 2
        STEP(2, RADIX_2, BESIDE *RADIX_0 *RADIX_1);
#endif
#if PASSES > 3
        STEP(3, RADIX_3, BESIDE *RADIX_0 *RADIX_1 *RADIX_2);
#endif
#if PASSES > 4
        STEP(4, RADIX_4, BESIDE *RADIX_0 *RADIX_1 *RADIX_2 *RADIX_3);
#endif
#if PASSES > 5
        STEP(5, RADIX_5, BESIDE *RADIX_0 *RADIX_1 *RADIX_2 *RADIX_3 *RADIX_4);
#endif
#if MODE == SPLIT
        split_store((PASSES - 1) % 2 ? b : a, split, &at, item);
#elif OUTPUT == FOLDED
        fold_block((PASSES - 1) % 2 ? b : a, &at, item);
#endif
#if GROUP > 1 && (MODE == SPLIT || OUTPUT == FOLDED)
        barrier(CLK_LOCAL_MEM_FENCE);
#endif
    }
}
