-- SPDX-License-Identifier: MIT
--
-- What the checks of data quality counted when a run completed, by check.
alter table modelsync.run add column quality jsonb;
