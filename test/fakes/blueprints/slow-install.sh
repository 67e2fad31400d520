#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Slow install
# kind = webui
# verbs = install, run
# stop.signals = TERM:2,KILL
### END ###
# Installs until the file `go` is there.
case "$1" in
  install) echo '::wh stage waiting 1/1 Waiting'; until [ -e go ]; do sleep 0.1; done ;;
  run) exec python3 -u -m http.server "$WEBUI_PORT" --bind 127.0.0.1 --directory "$INSTANCE_OUTPUT_DIR" ;;
esac
