#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Single pass
# kind = webui
# stop.signals = TERM:3,KILL
### END ###
# AiKore's way: one pass installs and runs, without verbs.
echo pass >>passes.txt
exec python3 -u -m http.server "$WEBUI_PORT" --bind 127.0.0.1 --directory "$INSTANCE_OUTPUT_DIR"
