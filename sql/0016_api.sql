-- SPDX-License-Identifier: MIT
--
-- Alerts that are about no model, but about the service as a whole.

alter table modelsync.alert alter column model_id drop not null;

create unique index alert_open_general_idx on modelsync.alert (kind)
	where model_id is null and acknowledged_at is null;
