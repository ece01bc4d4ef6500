noinst_LIBRARIES += libdb.a
libdb_a_SOURCES = \
	src/db/admin_store.c \
	src/db/api_store.c \
	src/db/cancel.c \
	src/db/cancel.h \
	src/db/conn.c \
	src/db/conn.h \
	src/db/context.c \
	src/db/daemon_store.c \
	src/db/embedded.h \
	src/db/feed_store.c \
	src/db/insight_store.c \
	src/db/message_store.c \
	src/db/model_store.c \
	src/db/notice.c \
	src/db/read_store.c \
	src/db/role_store.c \
	src/db/rule_store.c \
	src/db/run_store.c \
	src/db/schema.c \
	src/db/write_store.c
nodist_libdb_a_SOURCES = src/db/embedded.c
EXTRA_DIST += src/db/embed.sh src/db/survey.sql $(sql_files)

sql_files = $(wildcard $(top_srcdir)/sql/*.sql $(top_srcdir)/sql/code/*.sql)
src/db/embedded.c: $(top_srcdir)/src/db/embed.sh $(top_srcdir)/src/db/survey.sql $(sql_files)
	$(AM_V_GEN)$(MKDIR_P) src/db && \
	$(SHELL) $(top_srcdir)/src/db/embed.sh $(top_srcdir)/sql $(top_srcdir)/src/db/survey.sql >$@.tmp && \
	mv $@.tmp $@
CLEANFILES += src/db/embedded.c
