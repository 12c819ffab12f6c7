// report: vercel-labs/portless#111, statsd/statsd#591, node-red/node-red#50, evs-broadcast/node-emberplus#23
// mistake: no listener for the 'error' of an accepted socket: the reset of one client ends the process
// invariant: listener_survives
// fault: disconnect_burst
'use strict';
const net = require('node:net');
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  if (process.env.FIXED) socket.on('error', () => socket.destroy());
  socket.pipe(socket);
});
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 511 });
