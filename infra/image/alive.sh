#!/bin/sh
# The consumer touches this file every few seconds, whatever its jobs do; a busy one is healthy, a
# hanging one is not. A shell and stat cost nothing beside a second Node.
touched=$(stat -c %Y "$ALIVE_FILE" 2>/dev/null) && [ $(($(date +%s) - touched)) -lt 60 ]
