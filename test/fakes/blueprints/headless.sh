#!/bin/bash
echo no header at all
sleep 0.2
