#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Needs more
# kind = webui
# verbs = install, run
# requires.commands = no-such-command-here, python3
### END ###
touch downloaded
