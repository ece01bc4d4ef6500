-- SPDX-License-Identifier: MIT
--
-- A document may be new while its model stays as it is.  Such models are part of a plan,
-- too: whoever writes them meanwhile makes it out of date.
alter type modelsync.sync_plan
	add attribute kept_id text[],
	add attribute kept_version bigint[];
