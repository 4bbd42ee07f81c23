#!/bin/sh
# The contract of the official image, in short: options or a configuration file go to the server, which does not run as root.
set -e

case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ]; then
  if [ "$(id -u)" = 0 ]; then
    find . \! -user redis -exec chown redis '{}' +
    exec setpriv --reuid=redis --regid=redis --clear-groups -- "$0" "$@"
  fi
  umask 0077
  # The official build answers other hosts, and leaves it to its user to set a password; Debian's refuses them.
  open=yes
  for word in "$@"; do
    case "$word" in
      --protected-mode) open= ;;
      *.conf) if grep -q '^ *protected-mode' "$word"; then open=; fi ;;
    esac
  done
  if [ -n "$open" ]; then set -- "$@" --protected-mode no; fi
fi

exec "$@"
