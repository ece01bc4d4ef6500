include src/base/local.mk
include src/config/local.mk
include src/catalog/local.mk
include src/upstream/local.mk
include src/notify/local.mk
include src/db/local.mk
include src/sync/local.mk
include src/runtime/local.mk
include src/http/local.mk
include src/daemon/local.mk
include src/cli/local.mk
include src/console/local.mk

bin_PROGRAMS += modelsync-tui
modelsync_tui_SOURCES = src/main.c
# From the top of the house down: a library may only use the ones to its right.
modelsync_tui_LDADD = \
	libcli.a libconsole.a libdaemon.a libhttp.a libruntime.a libsync.a libdb.a libnotify.a libupstream.a libcatalog.a libconfig_room.a libbase.a \
	$(NCURSES_LIBS) $(PQ_LIBS) $(CURL_LIBS) $(CRYPTO_LIBS) $(CONFIG_LIBS) $(CJSON_LIBS) $(XXHASH_LIBS) $(HTTP_LIBS)
