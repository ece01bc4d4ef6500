noinst_LIBRARIES += libconfig_room.a
libconfig_room_a_CPPFLAGS = $(AM_CPPFLAGS) $(CONFIG_CFLAGS)
libconfig_room_a_SOURCES = \
	src/config/config.c \
	src/config/environ.c \
	src/config/file.c \
	src/config/file_text.c \
	src/config/lists.c \
	src/config/mask.c \
	src/config/option.c \
	src/config/private.h \
	src/config/secret.c \
	src/config/setting.c \
	src/config/setting.h
