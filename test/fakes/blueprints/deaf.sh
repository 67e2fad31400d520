#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Deaf
# kind = webui
# verbs = run
# ready.timeout_s = 60
# stop.signals = TERM:2,KILL
### END ###
# Never listens; somebody else may have its port.
sleep infinity
