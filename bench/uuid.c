/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/uuid.h"

#include "base/support.h"

#include <errno.h>
#include <unistd.h>

gv_status gv__uuid_make(char text[GV__UUID_TEXT], gv_error *err)
{
    static const char digits[] = "0123456789abcdef";
    unsigned char bytes[16];
    if (getentropy(bytes, sizeof bytes) != 0) {
        return gv__fail(err, GV_IO, errno, "getentropy",
                        "the kernel gives no random numbers to name this run with");
    }
    bytes[6] = (unsigned char)((bytes[6] & 0x0FU) | 0x40U);
    bytes[8] = (unsigned char)((bytes[8] & 0x3FU) | 0x80U);
    char *to = text;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *to++ = '-';
        }
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 0x0FU];
    }
    *to = 0;
    return GV_OK;
}
