#!/bin/sh
# SPDX-License-Identifier: MIT
#
# The console from outside, beside htop and pspg in one run: time to the first paint, latency and
# bytes of a key, memory. Needs the built program in MODELSYNC_BIN and the measuring tool.
# Budgets at 80x24: first paint 50 ms, rows 150 ms; cursor down 1 ms and 250 bytes (plus 500 for the
# detail pane when the cursor rests), 60 bytes with low bandwidth; page down 2 ms and 2,500 bytes;
# private memory 12,000 kB.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
tool=$top/../shared/tools/ttybench.py
program=${MODELSYNC_BIN:-./modelsync-tui}
if [ ! -f "$tool" ]; then
	echo "skipped: $tool is missing" >&2
	exit 0
fi

dir=$(mktemp -d)
trap '"$top/dist/local-postgres" stop --dir "$dir/pg" >/dev/null 2>&1; rm -rf "$dir"' EXIT
chmod 755 "$dir"
"$top/dist/local-postgres" start --dir "$dir/pg" --fast
MODELSYNC_DATABASE_CONNINFO=$("$top/dist/local-postgres" conninfo --dir "$dir/pg")
LC_ALL=C.UTF-8
XDG_STATE_HOME=$dir # no filter of an earlier session
export MODELSYNC_DATABASE_CONNINFO LC_ALL XDG_STATE_HOME
"$program" db migrate --yes >/dev/null 2>&1
"$program" sync --from "$top/dist/sample-catalogue.json" >/dev/null

measure() {
	title=$1
	shift
	printf '\n== %s\n' "$title"
	python3 "$tool" --size 80x24 "$@"
}

keys='z j j j PgDn PgDn / g p t Esc'
measure "modelsync-tui, table only" --wait ' models' --keys "$keys" -- "$program"
measure "modelsync-tui, with the detail pane" --wait ' models' --keys 'j j j PgDn PgDn' -- "$program"
MODELSYNC_CONSOLE_LOW_BANDWIDTH=true \
	measure "modelsync-tui, low bandwidth" --wait ' models' --keys 'j j j PgDn' -- "$program"
! command -v htop >/dev/null || measure htop --keys 'Down Down Down PgDn' -- htop -d 600
if command -v pspg >/dev/null; then
	"$program" models --format csv >"$dir/models.csv"
	measure pspg --keys 'Down Down Down PgDn' -- pspg --csv -f "$dir/models.csv"
fi
# Copies of what is there, under other names, as many as it takes.
for count in 20000 100000; do
	psql -qAt -d "$MODELSYNC_DATABASE_CONNINFO" -v count=$count <<'EOF'
SET session_replication_role = replica;
INSERT INTO public.model_access
SELECT c.*
FROM (SELECT m, row_number() OVER (ORDER BY model_id) AS place, count(*) OVER () AS original
	FROM public.model_access m WHERE model_id NOT LIKE '%-copy%') o
JOIN generate_series(1, :count) n ON n % o.original + 1 = o.place,
LATERAL jsonb_populate_record(o.m, jsonb_build_object(
	'id', gen_random_uuid(), 'model_id', (o.m).model_id || '-copy' || :count || '-' || n)) c
ORDER BY n
LIMIT :count - (SELECT count(*) FROM public.model_access);
VACUUM ANALYZE public.model_access;
EOF
	measure "modelsync-tui, $count models" --wait "$count models" --keys "$keys" -- "$program"
done
