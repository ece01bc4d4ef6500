# What is installed beside the program.
dist_pkglibexec_SCRIPTS = dist/local-postgres
dist_pkgdata_DATA = dist/sample-catalogue.json
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = dist/completion/modelsync-tui

# The service manager looks below /usr/local as well as below /usr.
systemdunitdir = $(prefix)/lib/systemd/system
systemdunit_DATA = dist/modelsync-tui.service
dist/modelsync-tui.service: $(top_srcdir)/dist/modelsync-tui.service.in Makefile
	$(AM_V_GEN)$(MKDIR_P) dist && \
	$(SED) -e 's|@bindir[@]|$(bindir)|' -e 's|@docdir[@]|$(docdir)|' \
		$(top_srcdir)/dist/modelsync-tui.service.in >$@.tmp && mv $@.tmp $@
EXTRA_DIST += dist/modelsync-tui.service.in
CLEANFILES += dist/modelsync-tui.service
