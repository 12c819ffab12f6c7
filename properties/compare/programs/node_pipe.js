// Echo with Node: a socket is a stream that can be piped into itself.
'use strict';

const net = require('node:net');

const [host, port] = process.argv.slice(2);

net.createServer((connection) => {
  connection.on('error', () => connection.destroy());
  connection.pipe(connection);
}).listen(Number(port), host);
