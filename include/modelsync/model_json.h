/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_MODEL_JSON_H
#define MODELSYNC_MODEL_JSON_H

#include "modelsync/json.h"
#include "modelsync/model.h"

/* A model as command line and API show it; docs/cli.md has the shape. Owned. */
struct ms_json *ms_model_json(const struct ms_model *m);

#endif
