#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Answers 500
# kind = webui
# verbs = run
# ready.timeout_s = 1
# stop.signals = TERM:2,KILL
### END ###
exec python3 -u -c '
import http.server, os
class Broken(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(500)
http.server.HTTPServer(("127.0.0.1", int(os.environ["WEBUI_PORT"])), Broken).serve_forever()'
