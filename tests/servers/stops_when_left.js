// Told to stop, it listens no more and ends when its last client has left: `node stops_when_left.js PORT`.
// With STOP=ends it ends their connections as well, with STOP=says it says that it waits for them.
'use strict';
const net = require('node:net');
const clients = new Set();
const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  clients.add(socket);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => clients.delete(socket));
  socket.pipe(socket);
});
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 511 });
process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  if (process.env.STOP === 'ends') for (const socket of clients) socket.destroy();
  if (process.env.STOP === 'says') console.error(`waiting for ${clients.size} clients`);
});
