#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs core_test (database room and lanes) beside a throwaway cluster.
exec "$MODELSYNC_SRCDIR/tests/lib/with-cluster" ./tests/integration/core_test
