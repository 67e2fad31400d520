#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Daemon
# kind = webui
# verbs = run
# stop.signals = TERM:2,KILL
### END ###
# Forks twice, in a session of its own, keeps the port, and the script ends with 0.
(setsid bash -c 'setsid python3 -u -m http.server "$WEBUI_PORT" --bind 127.0.0.1 --directory "$INSTANCE_OUTPUT_DIR" </dev/null >/dev/null 2>&1 &' &)
sleep 0.5
exit 0
