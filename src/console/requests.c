/* SPDX-License-Identifier: MIT */
#include "requests.h"

void ms_request(struct ms_lanes *lanes, struct ms_effect *e)
{
	switch (e->kind) {
	case MS_EFFECT_LOAD_MODELS:
		ms_lanes_load_models(lanes);
		break;
	case MS_EFFECT_LOAD_DETAIL:
		ms_lanes_load_detail(lanes, e->text);
		break;
	case MS_EFFECT_LOAD_STATUS:
		ms_lanes_load_status(lanes);
		break;
	case MS_EFFECT_LOAD_FEED:
		ms_lanes_load_feed(lanes, e->feed, e->number);
		break;
	case MS_EFFECT_LOAD_CHANGESET:
		ms_lanes_load_changeset(lanes, e->number);
		break;
	case MS_EFFECT_WRITE:
		ms_lanes_write(lanes, e->batch);
		e->batch = NULL;
		break;
	case MS_EFFECT_WRITE_CANCEL:
		ms_lanes_write_cancel(lanes);
		break;
	case MS_EFFECT_UNDO:
		ms_lanes_undo(lanes, e->number, e->flag);
		break;
	case MS_EFFECT_SYNC:
		ms_lanes_sync(lanes, e->flag, e->force);
		break;
	case MS_EFFECT_SYNC_CANCEL:
		ms_lanes_sync_cancel(lanes);
		break;
	case MS_EFFECT_CANCEL_RUN:
		ms_lanes_cancel_run(lanes, e->number);
		break;
	case MS_EFFECT_LOAD_HOLD:
		ms_lanes_load_hold(lanes, e->number);
		break;
	case MS_EFFECT_RESOLVE_HOLD:
		ms_lanes_resolve_hold(lanes, e->number, e->run, e->flag);
		break;
	case MS_EFFECT_VERIFY:
		ms_lanes_verify(lanes);
		break;
	case MS_EFFECT_VERIFY_CANCEL:
		ms_lanes_verify_cancel(lanes);
		break;
	case MS_EFFECT_ACKNOWLEDGE:
		ms_lanes_acknowledge(lanes, e->ids, (size_t)e->number);
		break;
	case MS_EFFECT_RECONNECT:
		ms_lanes_reconnect(lanes);
		break;
	case MS_EFFECT_EXPORT:
		ms_lanes_export(lanes, e->order);
		e->order = NULL;
		break;
	/* these app.c does itself; there is no default, so that the compiler tells of new ones */
	case MS_EFFECT_COPY:
	case MS_EFFECT_CHANGE_VIEWS:
	case MS_EFFECT_REST_TIMER:
	case MS_EFFECT_REPAINT:
	case MS_EFFECT_DROP_SALVAGE:
	case MS_EFFECT_LOOKS:
	case MS_EFFECT_SUSPEND:
	case MS_EFFECT_QUIT:
		break;
	}
}
