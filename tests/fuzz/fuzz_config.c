/* SPDX-License-Identifier: MIT */
/* The configuration reader on arbitrary bytes. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "modelsync/config.h"

/* libconfig 1.5 loses a text that a syntax error follows. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ms_config_source source;
	struct ms_config *c;
	struct ms_error err;
	struct ms_text shown;
	char path[40];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	source = (struct ms_config_source){.file = path};
	ms_text_init(&shown, 0);
	if (ms_config_load(&c, &source, &err))
		for (int i = 0; i < MS_OPT_COUNT; i++)
			ms_config_masked(c, (enum ms_option)i, &shown);
	ms_config_free(c);
	ms_text_clear(&shown);
	close(fd);
	return 0;
}
