noinst_LIBRARIES += libruntime.a
libruntime_a_SOURCES = \
	src/runtime/deliver.c \
	src/runtime/lane.c \
	src/runtime/lane.h \
	src/runtime/lanes.c \
	src/runtime/lanes_private.h \
	src/runtime/loop.c \
	src/runtime/reply.c \
	src/runtime/signal.c \
	src/runtime/signal.h \
	src/runtime/start_stop.c \
	src/runtime/watch.c
