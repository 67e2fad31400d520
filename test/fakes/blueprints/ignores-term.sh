#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Ignores TERM
# kind = webui
# verbs = run
# stop.signals = INT:1,TERM:1,KILL
### END ###
trap '' INT TERM HUP
python3 -u -m http.server "$WEBUI_PORT" --bind 127.0.0.1 --directory "$INSTANCE_OUTPUT_DIR" &
while true; do sleep 0.2; done
