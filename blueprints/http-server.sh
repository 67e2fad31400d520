#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = HTTP server
# category = Examples
# description = Serves the instance's output folder with Python's own web server.
#     The smallest example of a blueprint: nothing to install.
# icon = folder
# homepage = https://docs.python.org/3/library/http.server.html
# license = PSF-2.0
# kind = webui
# platforms = linux, darwin
# requires.gpu = none
# requires.commands = python3
# env.type = none
# ready.type = http
# ready.path = /
# ready.timeout_s = 30
# restart = on-failure
# verbs = install, run
### END ###
. "${WHEELHOUSE_BLUEPRINT_LIB:-$(dirname "$0")/lib}/instance.sh" || exit 1

write_first_page() {
  [ -e "$INSTANCE_OUTPUT_DIR/index.html" ] && return 0
  cat >"$INSTANCE_OUTPUT_DIR/index.html" <<'PAGE'
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>HTTP server</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem; color-scheme: light dark }</style>
<h1>It works</h1>
<p>This page is <code>index.html</code> in the instance's output folder. Put files beside it and they are served;
delete it and the folder's list is shown.</p>
</html>
PAGE
}

install() {
  wh_stage page 1 1 'First page'
  wh_need_python
  write_first_page || wh_fail "The first page cannot be written to $INSTANCE_OUTPUT_DIR."
}

run() {
  wh_need_port
  wh_need_python
  wh_read_launch_args "$wh_python"
  exec "$wh_python" -u -m http.server "$WEBUI_PORT" --bind "$WEBUI_HOST" --directory "$INSTANCE_OUTPUT_DIR" ${wh_args[@]+"${wh_args[@]}"}
}

wh_main "$@"
