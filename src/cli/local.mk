noinst_LIBRARIES += libcli.a
libcli_a_SOURCES = \
	src/cli/args.c \
	src/cli/cli.c \
	src/cli/cmd_alerts.c \
	src/cli/cmd_audit.c \
	src/cli/cmd_config.c \
	src/cli/cmd_console.c \
	src/cli/cmd_daemon.c \
	src/cli/cmd_db.c \
	src/cli/cmd_events.c \
	src/cli/cmd_grant.c \
	src/cli/cmd_history.c \
	src/cli/cmd_models.c \
	src/cli/cmd_notify.c \
	src/cli/cmd_prices.c \
	src/cli/cmd_quality.c \
	src/cli/cmd_retire.c \
	src/cli/cmd_rules.c \
	src/cli/cmd_set.c \
	src/cli/cmd_settings.c \
	src/cli/cmd_show.c \
	src/cli/cmd_status.c \
	src/cli/cmd_sync.c \
	src/cli/cmd_undo.c \
	src/cli/cmd_why.c \
	src/cli/command.c \
	src/cli/edit.c \
	src/cli/help.c \
	src/cli/json_text.c \
	src/cli/local.c \
	src/cli/private.h \
	src/cli/progress.c \
	src/cli/report.c \
	src/cli/select.c \
	src/cli/session.c \
	src/cli/table.c \
	src/cli/terminal.c
