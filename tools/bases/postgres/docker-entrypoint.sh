#!/usr/bin/env bash
# The contract of the official image, in short: an empty data folder is made into a cluster with a user, a database and
# what /docker-entrypoint-initdb.d holds; then the server takes over this process.
set -Eeo pipefail

fail() {
  echo "docker-entrypoint.sh: $*" >&2
  exit 1
}

# X_FILE names a file with the value of X.
from_file() {
  local name=$1 file="$1_FILE"
  if [ -n "${!file:-}" ]; then
    if [ -n "${!name:-}" ]; then fail "both $name and $file are set"; fi
    export "$name"="$(<"${!file}")"
    unset "$file"
  fi
  if [ -z "${!name:-}" ]; then export "$name"="${2:-}"; fi
}

settings() {
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  from_file POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
}

as_root() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA" || true
  chmod 3775 /var/run/postgresql || true
  find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
  find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then
    mkdir -p "$POSTGRES_INITDB_WALDIR"
    chmod 0700 "$POSTGRES_INITDB_WALDIR"
    chown -R postgres "$POSTGRES_INITDB_WALDIR"
  fi
  exec gosu postgres "${BASH_SOURCE[0]}" "$@"
}

# initdb wants a name for its user: any other than postgres gets one for as long as it runs.
with_user_name() {
  if getent passwd "$(id -u)" >/dev/null; then
    "$@"
    return
  fi
  local library passwd group
  library=$(find /usr/lib -name libnss_wrapper.so -print -quit)
  passwd=$(mktemp) group=$(mktemp)
  echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" >"$passwd"
  echo "postgres:x:$(id -g):" >"$group"
  LD_PRELOAD=$library NSS_WRAPPER_PASSWD=$passwd NSS_WRAPPER_GROUP=$group "$@"
  rm -f "$passwd" "$group"
}

create_cluster() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    fail "the database is empty and has no password. Set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE."
  fi
  mkdir -p "$PGDATA"
  chmod 0700 "$PGDATA" || true
  if [ -n "${POSTGRES_INITDB_WALDIR:-}" ]; then set -- --waldir "$POSTGRES_INITDB_WALDIR" "$@"; fi
  # The arguments are a line of words by contract.
  # shellcheck disable=SC2086
  with_user_name initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
    $POSTGRES_INITDB_ARGS "$@"
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >>"$PGDATA/pg_hba.conf"
}

sql() {
  PGHOST='' PGPASSWORD="${PGPASSWORD:-$POSTGRES_PASSWORD}" psql -v ON_ERROR_STOP=1 --no-psqlrc \
    --username "$POSTGRES_USER" --no-password "$@"
}

run_initial() {
  local file
  for file in "$@"; do
    case "$file" in
      # shellcheck source=/dev/null
      *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
      *.sql) sql --dbname "$POSTGRES_DB" --file "$file" ;;
      *.sql.gz) gunzip -c "$file" | sql --dbname "$POSTGRES_DB" ;;
      *.sql.xz) xzcat "$file" | sql --dbname "$POSTGRES_DB" ;;
      *.sql.zst) zstd -dc "$file" | sql --dbname "$POSTGRES_DB" ;;
      *) echo "docker-entrypoint.sh: ignoring $file" ;;
    esac
  done
}

first_start() {
  create_cluster
  # Nobody from outside gets in before the contents are there.
  pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses='' -p ${PGPORT:-5432}" --wait start
  if [ "$POSTGRES_DB" != postgres ]; then
    sql --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  shopt -s nullglob
  run_initial /docker-entrypoint-initdb.d/*
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
}

main() {
  if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
  if [ "$1" = postgres ] && [[ " $* " != *" --help "* && " $* " != *" --version "* && " $* " != *" -V "* ]]; then
    if [ "$(id -u)" = 0 ]; then as_root "$@"; fi
    settings
    if [ ! -s "$PGDATA/PG_VERSION" ]; then first_start; fi
    unset POSTGRES_PASSWORD
  fi
  exec "$@"
}

main "$@"
