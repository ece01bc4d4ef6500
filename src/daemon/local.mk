noinst_LIBRARIES += libdaemon.a
libdaemon_a_SOURCES = \
	src/daemon/daemon.c \
	src/daemon/daemon.h \
	src/daemon/events.c \
	src/daemon/notify.c \
	src/daemon/notify.h \
	src/daemon/plan.c \
	src/daemon/plan.h \
	src/daemon/privilege.c \
	src/daemon/privilege.h
