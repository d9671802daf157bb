#!/bin/sh
# Makes the cluster on the first start, then becomes the server.
set -eu
if [ "${1:-}" = postgres ]; then shift; fi
user=${POSTGRES_USER:-postgres}
if ! [ -s "$PGDATA/PG_VERSION" ]; then
  # An interrupted first start leaves nothing that looks finished: PG_VERSION comes last, with the folder's name.
  new=$PGDATA/new
  rm -rf "$new"
  printf %s "$POSTGRES_PASSWORD" >/tmp/password
  initdb -D "$new" -U "$user" --pwfile=/tmp/password --auth-local=trust --auth-host=scram-sha-256 \
    -E UTF8 --locale=C.UTF-8 >/dev/null
  rm /tmp/password
  echo "host all all all scram-sha-256" >>"$new/pg_hba.conf"
  pg_ctl -D "$new" -o "-c listen_addresses= -c unix_socket_directories=/tmp" -w start >/dev/null
  if [ "${POSTGRES_DB:-$user}" != postgres ]; then createdb -h /tmp -U "$user" "${POSTGRES_DB:-$user}"; fi
  for file in /docker-entrypoint-initdb.d/*.sql; do
    if [ -e "$file" ]; then psql -X -q -v ON_ERROR_STOP=1 -h /tmp -U "$user" -d "${POSTGRES_DB:-$user}" -f "$file"; fi
  done
  pg_ctl -D "$new" -m fast -w stop >/dev/null
  version=$(cat "$new/PG_VERSION")
  rm "$new/PG_VERSION"
  mv "$new"/* "$PGDATA"/
  rmdir "$new"
  printf '%s\n' "$version" >"$PGDATA/PG_VERSION"
fi
chmod 700 "$PGDATA"
exec postgres -D "$PGDATA" -c listen_addresses='*' "$@"
