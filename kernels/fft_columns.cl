/* SPDX-License-Identifier: Apache-2.0 */
/* Columns of complex numbers to rows, each number turned where a transform was split:
 *
 *     to[columns x rows] = transposed from[rows x columns],
 *     number (row, column) times w^(row * (first + column)) where `turned` is set
 *
 * Work: 6 flop a number that is turned, else none. Least traffic: each number read and written once:
 * bound by memory. w^e is the product of two table entries, fine[e mod 2^shift] and, behind those,
 * coarse[e / 2^shift], each rounded once.
 *
 *       from    16 columns                      to      16 rows
 *             +------------+                          +------------+
 *     16 rows |  a group   | -> local memory ->       |            |
 *             |  4 at once |    16 x 17       columns |            |
 *             +------------+                          +------------+
 *
 * Both sides then take neighbours, and a column of local memory meets 17 banks.
 *
 * Needs: 2.1 KB of local memory, twice that in f64. Global size: 16 x 4 for each tile. */
#define TILE 16
#define LINES 4
#define COMPLEX JOIN(REAL, 2)

static inline COMPLEX multiply(COMPLEX a, COMPLEX b)
{
    return (COMPLEX)(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x);
}

__attribute__((reqd_work_group_size(TILE, LINES, 1)))
__kernel void columns_to_rows(ulong rows, ulong columns, int turned, ulong first, uint shift,
                              const __global COMPLEX *roots, const __global COMPLEX *from,
                              __global COMPLEX *to)
{
    __local COMPLEX tile[TILE][TILE + 1];
    const int x = (int)get_local_id(0);
    const ulong row = get_group_id(1) * TILE;
    const ulong column = get_group_id(0) * TILE;
    for (int y = (int)get_local_id(1); y < TILE; y += LINES) {
        if (row + y < rows && column + x < columns) {
            COMPLEX number = from[(row + y) * columns + column + x];
            if (turned) {
                const ulong e = (row + y) * (first + column + x);
                const ulong fine = (ulong)1 << shift;
                number = multiply(number, multiply(roots[e & (fine - 1)],
                                                   roots[fine + (e >> shift)]));
            }
            tile[y][x] = number;
        }
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int y = (int)get_local_id(1); y < TILE; y += LINES) {
        if (column + y < columns && row + x < rows) {
            to[(column + y) * rows + row + x] = tile[x][y];
        }
    }
}
