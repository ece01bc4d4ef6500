/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_DAEMON_PRIVILEGE_H
#define MODELSYNC_DAEMON_PRIVILEGE_H

#include "modelsync/error.h"

/*
 * Becomes that account for good, with its groups and home directory, when root runs the process;
 * does nothing otherwise, nor for "". Before any thread.
 */
bool privilege_drop(const char *user, struct ms_error *err) MS_MUST_CHECK;

#endif
