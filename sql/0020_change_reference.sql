-- SPDX-License-Identifier: MIT
--
-- A change is logged together with the changeset that it belongs to, by one function, and
-- the digest of a changeset tells whether its changes are there.  Looking the changeset up
-- once more for each of 20,000 changes took a third of the time of logging them.
alter table modelsync.change drop constraint change_changeset_id_fkey;
