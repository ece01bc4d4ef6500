# Golden screens of the console; links neither ncurses nor the database: the state is pure.
screen_cases = $(wildcard $(top_srcdir)/tests/screens/*.case)
screen_programs = tests/screens/screens
tests_screens_screens_SOURCES = tests/screens/screens.c tests/screens/fixture.c tests/screens/fixture.h
tests_screens_screens_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_screens_screens_LDADD = libconsole.a libcatalog.a libbase.a $(CJSON_LIBS)
check_PROGRAMS += $(screen_programs)
TESTS += $(screen_programs)
EXTRA_DIST += $(screen_cases)
