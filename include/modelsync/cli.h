/* SPDX-License-Identifier: MIT */
#ifndef MODELSYNC_CLI_H
#define MODELSYNC_CLI_H

/*
 * Runs the program: parses the command line, chooses command or console, prints errors.
 * Returns the exit code documented in --help.
 */
int ms_cli_main(int argc, char **argv);

#endif
