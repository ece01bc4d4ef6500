noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/arena.c \
	src/base/caret.c \
	src/base/clock.c \
	src/base/error.c \
	src/base/foreign.c \
	src/base/json.c \
	src/base/json_scan.c \
	src/base/log.c \
	src/base/memory.c \
	src/base/outfile.c \
	src/base/text.c \
	src/base/thread.c \
	src/base/userfile.c \
	src/base/userstate.c \
	src/base/utf8.c \
	src/base/utf8_width.c \
	src/base/utf8_width.h \
	src/base/zone.c \
	src/base/zone_rule.c \
	src/base/zone_rule.h
