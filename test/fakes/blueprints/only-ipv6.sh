#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Only IPv6
# kind = webui
# verbs = run
# stop.signals = TERM:2,KILL
### END ###
exec python3 -u -m http.server "$WEBUI_PORT" --bind ::1 --directory "$INSTANCE_OUTPUT_DIR"
