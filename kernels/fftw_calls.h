/* SPDX-License-Identifier: Apache-2.0 */
/* FFTW's calls of one precision behind one table. Included once a precision by fftw_fft.c, with
 * X(name) the library's name of a call, REAL its number and TABLE the table's name. No guard. */

static void *PASTE(TABLE, _plan)(const fft_part *part, void *in, void *out, unsigned flags)
{
    switch (part->kind) {
    case GV_FFT_R2C:
        return X(plan_guru64_dft_r2c)(part->rank, part->dims, part->loops, part->loop, in, out,
                                      flags);
    case GV_FFT_C2R:
        return X(plan_guru64_dft_c2r)(part->rank, part->dims, part->loops, part->loop, in, out,
                                      flags);
    case GV_FFT_C2C:
        break;
    }
    return X(plan_guru64_dft)(part->rank, part->dims, part->loops, part->loop, in, out,
                              part->inverse ? FFTW_BACKWARD : FFTW_FORWARD, flags);
}

static void PASTE(TABLE, _execute)(gv_fft_kind kind, void *plan, void *in, void *out)
{
    switch (kind) {
    case GV_FFT_R2C:
        X(execute_dft_r2c)(plan, in, out);
        break;
    case GV_FFT_C2R:
        X(execute_dft_c2r)(plan, in, out);
        break;
    case GV_FFT_C2C:
        X(execute_dft)(plan, in, out);
        break;
    }
}

static void PASTE(TABLE, _destroy)(void *plan)
{
    X(destroy_plan)(plan);
}

static int PASTE(TABLE, _alignment)(void *array)
{
    return X(alignment_of)(array);
}

static void PASTE(TABLE, _scale)(void *array, size_t from, size_t to, double factor)
{
    REAL *values = array;
    REAL by = (REAL)factor;
    for (size_t i = from; i < to; i++) {
        values[i] *= by;
    }
}

static const fftw_calls TABLE = {
    .version = X(version),
    .plan = PASTE(TABLE, _plan),
    .execute = PASTE(TABLE, _execute),
    .destroy = PASTE(TABLE, _destroy),
    .alignment = PASTE(TABLE, _alignment),
    .scale = PASTE(TABLE, _scale),
    .allocate = X(malloc),
    .release = X(free),
    .init_threads = X(init_threads),
    .use_threads = X(plan_with_nthreads),
    .set_loop = X(threads_set_callback),
    .set_time_limit = X(set_timelimit),
    .import_wisdom = X(import_wisdom_from_filename),
    .export_wisdom = X(export_wisdom_to_filename),
};

#undef X
#undef REAL
#undef TABLE
