-- SPDX-License-Identifier: MIT
--
-- The changes of prices by when they were, among the many of first syncs and edits.
create index change_pricing_idx on modelsync.change (changeset_id) where field = 'pricing';
