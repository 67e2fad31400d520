#!/bin/bash
### WHEELHOUSE-BLUEPRINT 1 ###
# name = Prints
# kind = tool
# verbs = run
# ready.type = process
### END ###
# Prints as many MB as the file `megabytes` says, then a last line.
head -c "$(($(cat megabytes) * 1000000))" /dev/zero | tr '\0' 'x' | fold -w 100
echo
echo 'the very last line'
