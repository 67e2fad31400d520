#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Links
# kind = webui
# ready.path = /
# ready.timeout_s = 20
# stop.signals = TERM:3,KILL
# links[] = models/vae -> shared:vae
# outputs = app/images
# secrets[] = FAKE_TOKEN
### END ###
# Shares a model, makes a picture, and says its secret; with launch arguments it fails with it.
echo model >models/vae/made-by-"$INSTANCE_NAME"
echo picture >app/images/1.png
echo "token is $FAKE_TOKEN."
if [ -s launch_args.txt ]; then echo "Error: $FAKE_TOKEN was not accepted"; exit 3; fi
exec python3 -u -m http.server "$WEBUI_PORT" --bind "$WEBUI_HOST" --directory "$INSTANCE_OUTPUT_DIR"
