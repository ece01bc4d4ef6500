/* SPDX-License-Identifier: MIT */
#include "modelsync/upstream.h"

void ms_upstream_options_init(struct ms_upstream_options *o, const struct ms_config *c)
{
	*o = (struct ms_upstream_options){
		.url = ms_config_string(c, MS_OPT_UPSTREAM_URL),
		.api_key = ms_config_string(c, MS_OPT_UPSTREAM_API_KEY),
		.output_modalities = ms_config_string(c, MS_OPT_UPSTREAM_OUTPUT_MODALITIES),
		.page_size = (int)ms_config_int(c, MS_OPT_UPSTREAM_PAGE_SIZE),
		.proxy = ms_config_string(c, MS_OPT_UPSTREAM_PROXY),
		.ca_file = ms_config_string(c, MS_OPT_UPSTREAM_CA_FILE),
		.ca_path = ms_config_string(c, MS_OPT_UPSTREAM_CA_PATH),
		.connect_timeout_s = (int)ms_config_int(c, MS_OPT_UPSTREAM_CONNECT_TIMEOUT),
		.timeout_s = (int)ms_config_int(c, MS_OPT_UPSTREAM_TIMEOUT),
		.retries = (int)ms_config_int(c, MS_OPT_UPSTREAM_RETRIES),
		.max_bytes = ms_config_int(c, MS_OPT_UPSTREAM_MAX_BYTES),
	};
}
