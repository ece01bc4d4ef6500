# What is installed beside the program.
dist_pkglibexec_SCRIPTS = dist/local-postgres
dist_pkgdata_DATA = dist/sample-catalogue.json
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = dist/completion/modelsync-tui
