# Golden screens of the console; links neither ncurses nor the database: the state is pure.
screen_cases = \
	tests/screens/copy.case \
	tests/screens/copy_row.case \
	tests/screens/detail_edit.case \
	tests/screens/detail_focus_wide.case \
	tests/screens/detail_full.case \
	tests/screens/detail_history.case \
	tests/screens/detail_long_id_40x12.case \
	tests/screens/edit_limit.case \
	tests/screens/edit_limit_wrong.case \
	tests/screens/empty_catalogue.case \
	tests/screens/filter_by_cell.case \
	tests/screens/filter_drop_term.case \
	tests/screens/filter_error.case \
	tests/screens/filter_error_40x12.case \
	tests/screens/filter_error_then_esc.case \
	tests/screens/filter_none_match.case \
	tests/screens/filter_typing.case \
	tests/screens/find.case \
	tests/screens/help.case \
	tests/screens/hold_apply_unseen.case \
	tests/screens/hold_shown.case \
	tests/screens/input_note_40x12.case \
	tests/screens/marks_hidden.case \
	tests/screens/marks_mixed_tiers.case \
	tests/screens/marks_range.case \
	tests/screens/messages.case \
	tests/screens/models_120x40.case \
	tests/screens/models_200x60.case \
	tests/screens/models_40x12.case \
	tests/screens/models_60x18.case \
	tests/screens/models_80x24.case \
	tests/screens/models_80x24_c_locale.case \
	tests/screens/news_40x12.case \
	tests/screens/news_held_80x12.case \
	tests/screens/offline_40x12.case \
	tests/screens/offline_keeps_edits.case \
	tests/screens/offline_no_write.case \
	tests/screens/palette.case \
	tests/screens/palette_runs.case \
	tests/screens/paste_is_no_command.case \
	tests/screens/paused.case \
	tests/screens/question_40x12.case \
	tests/screens/question_too_small.case \
	tests/screens/quit_asks.case \
	tests/screens/quit_clean.case \
	tests/screens/read_only.case \
	tests/screens/reconnected.case \
	tests/screens/reload_keeps_cursor.case \
	tests/screens/review_40x12.case \
	tests/screens/review_all_stale.case \
	tests/screens/review_enter_alone.case \
	tests/screens/review_label_120x40.case \
	tests/screens/review_many.case \
	tests/screens/review_reason_and_yes.case \
	tests/screens/review_small.case \
	tests/screens/review_stale.case \
	tests/screens/review_steps_40x12.case \
	tests/screens/sort_invert.case \
	tests/screens/sort_picker.case \
	tests/screens/staged_many.case \
	tests/screens/staged_one.case \
	tests/screens/staged_taken_back.case \
	tests/screens/start_connecting.case \
	tests/screens/start_loading.case \
	tests/screens/start_lost.case \
	tests/screens/status_menu.case \
	tests/screens/sync_cancel.case \
	tests/screens/sync_cancelled.case \
	tests/screens/sync_completed.case \
	tests/screens/sync_cooldown.case \
	tests/screens/sync_cooldown_forced.case \
	tests/screens/sync_dry_run.case \
	tests/screens/sync_elsewhere.case \
	tests/screens/sync_elsewhere_done.case \
	tests/screens/sync_ended_unseen.case \
	tests/screens/sync_failed.case \
	tests/screens/sync_held.case \
	tests/screens/sync_held_apply.case \
	tests/screens/sync_hidden.case \
	tests/screens/sync_running.case \
	tests/screens/sync_running_ascii.case \
	tests/screens/title_label_failed.case \
	tests/screens/title_running.case \
	tests/screens/too_small.case \
	tests/screens/undo_done.case \
	tests/screens/undo_nothing.case \
	tests/screens/undo_preview.case \
	tests/screens/written.case \
	tests/screens/viewer.case \
	tests/screens/viewer_no_longer.case \
	tests/screens/written_conflict.case \
	tests/screens/written_conflict_rows.case \
	tests/screens/written_failed.case \
	tests/screens/zoomed.case
screen_programs = tests/screens/screens
tests_screens_screens_SOURCES = tests/screens/screens.c tests/screens/fixture.c tests/screens/fixture.h
tests_screens_screens_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
tests_screens_screens_LDADD = libconsole.a libcatalog.a libbase.a $(CJSON_LIBS)
check_PROGRAMS += $(screen_programs)
TESTS += $(screen_programs)
EXTRA_DIST += $(screen_cases)
