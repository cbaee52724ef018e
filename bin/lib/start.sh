# Sourced by the launchers: finds a Python that fits and runs one of our commands.
# The caller sets $name (the command) and $here (its folder).
for python in python3.11 python3 python3.12 python3.13; do
  path=$(command -v "$python") || continue
  if "$path" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' \
    2>/dev/null; then
    PYTHONDONTWRITEBYTECODE=1 exec "$path" "$here/lib/cli.py" "$name" "$@"
  fi
done
echo "No Python 3.11, 3.12 or 3.13 found: install Debian's python3 package" \
  "and start again." >&2
exit 1
