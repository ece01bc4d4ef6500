# The manual is made from the program's own tables. So is the sample configuration, which is kept in
# the tree for people to read: after a change of the option table, make update-conf.
noinst_PROGRAMS += docs/reference
docs_reference_SOURCES = docs/reference.c
docs_reference_LDADD = $(modelsync_tui_LDADD)

docs/help.txt: modelsync-tui
	$(AM_V_GEN)$(MKDIR_P) docs && ./modelsync-tui --help >$@.tmp && mv $@.tmp $@
docs/modelsync-tui.1: docs/modelsync-tui.1.in docs/reference docs/help.txt
	$(AM_V_GEN)docs/reference man <$(srcdir)/docs/modelsync-tui.1.in >$@.tmp && mv $@.tmp $@

.PHONY: update-conf
update-conf: docs/reference
	docs/reference conf >$(top_srcdir)/modelsync-tui.conf

man1_MANS = docs/modelsync-tui.1
dist_doc_DATA = modelsync-tui.conf README.md CHANGELOG.md LICENSE $(wildcard $(top_srcdir)/docs/*.md)
EXTRA_DIST += docs/modelsync-tui.1.in
CLEANFILES += docs/help.txt docs/modelsync-tui.1
