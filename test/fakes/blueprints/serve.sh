#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Serve
# kind = webui
# ready.path = /
# ready.timeout_s = 20
# stop.signals = TERM:3,KILL
# verbs = install, run
### END ###
# The well-behaved app: installs in two stages, then serves its output folder.
case "$1" in
  install)
    echo '::wh stage first 1/2 First part'
    echo "installed by $INSTANCE_NAME" >installed.txt
    echo '::wh stage second 2/2 Second part' ;;
  run)
    env | sort >environment.txt
    cat launch_args.txt >seen_args.txt
    exec python3 -u -m http.server "$WEBUI_PORT" --bind "$WEBUI_HOST" --directory "$INSTANCE_OUTPUT_DIR" ;;
esac
