#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Re-executes
# kind = webui
# verbs = run
# stop.signals = TERM:2,KILL
### END ###
# The app replaces itself by a child in another session, as a restart from inside does.
python3 -u -c '
import http.server, os, subprocess, sys, threading, time
def replace():
    time.sleep(1.5)
    subprocess.Popen([sys.executable, "-u", "-m", "http.server", os.environ["WEBUI_PORT"], "--bind", "127.0.0.1"], start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=True)
    os._exit(0)
class Server(http.server.HTTPServer):
    allow_reuse_address = True
    def server_bind(self):
        import socket
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        super().server_bind()
threading.Thread(target=replace).start()
http.server.HTTPServer(("127.0.0.1", int(os.environ["WEBUI_PORT"])), http.server.SimpleHTTPRequestHandler).serve_forever()' &
wait
