/* SPDX-License-Identifier: MIT */
/* Stands in for libFuzzer: hands the files named on the command line to a fuzz target, as TAP. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LARGEST (2 * 1024 * 1024)

int main(int argc, char **argv)
{
	uint8_t *data = malloc(LARGEST);

	printf("1..%d\n", argc - 1);
	for (int i = 1; data && i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");

		if (!file) {
			perror(argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, fread(data, 1, LARGEST, file));
		fclose(file);
		printf("ok %d - %s\n", i, argv[i]);
	}
	free(data);
	return 0;
}
