noinst_LIBRARIES += libcatalog.a
libcatalog_a_SOURCES = \
	src/catalog/date.c \
	src/catalog/date.h \
	src/catalog/decimal.c \
	src/catalog/decimal.h \
	src/catalog/edit.c \
	src/catalog/field.c \
	src/catalog/field_format.c \
	src/catalog/field_row.h \
	src/catalog/field_sort.c \
	src/catalog/filter_eval.c \
	src/catalog/filter_explain.c \
	src/catalog/filter_lex.c \
	src/catalog/filter_node.h \
	src/catalog/filter_parse.c \
	src/catalog/filter_parser.h \
	src/catalog/filter_term.c \
	src/catalog/filter_value.c \
	src/catalog/flag.c \
	src/catalog/fold.c \
	src/catalog/fold.h \
	src/catalog/model.c \
	src/catalog/model_json.c \
	src/catalog/override.c \
	src/catalog/pattern.c \
	src/catalog/pattern.h \
	src/catalog/pick.c \
	src/catalog/price.c \
	src/catalog/regexp.c \
	src/catalog/regexp.h \
	src/catalog/review.c \
	src/catalog/rule.c \
	src/catalog/run.c \
	src/catalog/run_rules.c \
	src/catalog/run_rules.h \
	src/catalog/words.c \
	src/catalog/words.h
