#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Sleeps on
# kind = webui
# verbs = run
# stop.signals = TERM:2,KILL
### END ###
# The app ends and the script sleeps, which hides it.
timeout -s KILL 2 python3 -u -m http.server "$WEBUI_PORT" --bind 127.0.0.1 --directory "$INSTANCE_OUTPUT_DIR"
echo 'the app has gone'
sleep infinity
