-- SPDX-License-Identifier: MIT
--
-- Who acts for whom.  The group roles themselves belong to the server, not to this
-- database; ensure_roles() makes them.

-- Logins that were given a role here, and the profile each stands for in the
-- contract's tables.  The rights are those of the server's roles, not of this table.
create table modelsync.login (
	login text primary key,
	profile_id uuid references public.profiles (id) on delete set null,
	granted_at timestamptz not null default clock_timestamp(),
	granted_by text not null default session_user
);

-- The profile somebody acted for: that of the login, or the one a service has
-- authenticated.  Named, not referenced: the log outlives profiles.
alter table modelsync.run add column profile uuid;
alter table modelsync.changeset add column profile uuid;
alter table modelsync.audit add column profile uuid;
