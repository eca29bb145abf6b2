#!/usr/bin/env node
// launch.cjs — what is run as `netctl`: says which node it takes, where this one is older, else starts the program. Its words are of 2009, so that
// every node reads them; the program itself would end there with an error of its syntax.
'use strict';

/** From `engines` in package.json; the build puts it in. */
var wanted = NETCTL_NODE.split('.');
var found = process.versions.node.split('.');

if (Number(found[0]) > Number(wanted[0]) || (found[0] === wanted[0] && Number(found[1]) >= Number(wanted[1]))) {
  require('./start.js');
} else {
  process.stderr.write('netctl: it needs Node.js ' + NETCTL_NODE + ' or later, and this is ' + process.versions.node + ' (' + process.execPath + ')\n');
  process.exit(69);
}
