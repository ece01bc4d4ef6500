/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_SYNC_EAR_H
#define MODELSYNC_SYNC_EAR_H

#include <stdint.h>

#include "modelsync/config.h"

/*
 * Listens, over a connection of its own, whether somebody cancels a run: the one that the run uses
 * is busy, the longer the more there is to cancel. Without that connection a cancel is seen later,
 * by the next renewal of the claim.
 */
struct ear;

/* cancel(arg) is called on another thread, until ear_free() returns. Borrows config. NULL: no file
 * is left. */
struct ear *ear_new(const struct ms_config *config, int64_t run, void (*cancel)(void *arg),
		    void *arg);
void ear_free(struct ear *e);

#endif
