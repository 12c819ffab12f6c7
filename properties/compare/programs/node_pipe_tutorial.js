// Echo as many tutorials have it: nobody listens for 'error', so the first reset ends the process.
'use strict';

const net = require('node:net');

const [host, port] = process.argv.slice(2);

net.createServer((connection) => {
  connection.pipe(connection);
}).listen(Number(port), host);
