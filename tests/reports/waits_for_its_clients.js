// report: architectds/modeldock#27, SkillfulAgents/SuperAgent#1134, nodejs/node#2642
// mistake: told to stop, the server listens no more, and stays until its last client has left
// invariant: clean_stop
// fault: stops
'use strict';
if (process.env.FIXED) process.env.STOP = 'ends';
require('../servers/stops_when_left.js');
