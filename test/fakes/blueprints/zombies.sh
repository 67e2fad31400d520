#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Zombies
# kind = webui
# verbs = run
# stop.signals = TERM:2,KILL
### END ###
# Leaves children that nobody waits for.
exec python3 -u -c '
import http.server, os, subprocess
for _ in range(5):
    if os.fork() == 0: os._exit(0)
http.server.HTTPServer(("127.0.0.1", int(os.environ["WEBUI_PORT"])), http.server.SimpleHTTPRequestHandler).serve_forever()'
