# Manual and sample configuration are made from the program's own tables.
noinst_PROGRAMS += docs/reference
docs_reference_SOURCES = docs/reference.c
docs_reference_LDADD = $(modelsync_tui_LDADD)

docs/help.txt: modelsync-tui
	$(AM_V_GEN)$(MKDIR_P) docs && ./modelsync-tui --help >$@.tmp && mv $@.tmp $@
docs/modelsync-tui.1: docs/modelsync-tui.1.in docs/reference docs/help.txt
	$(AM_V_GEN)docs/reference man <$(srcdir)/docs/modelsync-tui.1.in >$@.tmp && mv $@.tmp $@
docs/modelsync-tui.conf: docs/reference
	$(AM_V_GEN)docs/reference conf >$@.tmp && mv $@.tmp $@

man1_MANS = docs/modelsync-tui.1
nodist_doc_DATA = docs/modelsync-tui.conf
dist_doc_DATA = README.md CHANGELOG.md LICENSE $(wildcard $(top_srcdir)/docs/*.md)
EXTRA_DIST += docs/modelsync-tui.1.in
CLEANFILES += docs/help.txt docs/modelsync-tui.1 docs/modelsync-tui.conf
