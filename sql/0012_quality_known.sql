-- SPDX-License-Identifier: MIT
--
-- The counts of the checks of data quality as they were last made: of which rows, and
-- until when they hold although no row changes.
alter table modelsync.catalogue
	add column quality jsonb,
	add column quality_rows numeric,
	add column quality_until timestamptz;
