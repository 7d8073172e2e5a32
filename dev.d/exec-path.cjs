// exec-path: preloaded by node-arm64.sh: processes of this program's kind are started through it.
'use strict';

process.execPath = process.env.SPRINGBOARD_NODE;
