#!/bin/sh
# As in the official image: scripts of /docker-entrypoint.d are run in order before nginx starts.
set -e

if [ "$1" = nginx ] || [ "$1" = nginx-debug ]; then
  for file in /docker-entrypoint.d/*; do
    case "$file" in
      # shellcheck source=/dev/null
      *.envsh) if [ -x "$file" ]; then . "$file"; fi ;;
      *.sh) if [ -x "$file" ]; then "$file"; fi ;;
    esac
  done
fi

exec "$@"
