/* SPDX-License-Identifier: MIT */
#include "modelsync/cli.h"

int main(int argc, char **argv)
{
	return ms_cli_main(argc, argv);
}
