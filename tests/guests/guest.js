// Compiled code, buffers outside of the heap, a worker thread, the thread pool.
const { Worker } = require('worker_threads');
const kept = [];
function deep(n) { return n ? Buffer.from('x'.repeat(n)).length + deep(n - 1) : 0; }
for (let i = 0; i < 200; i++) kept.push(deep(50));
const worker = new Worker('let s = 0; for (let i = 0; i < 1e6; i++) s += i; require("worker_threads").parentPort.postMessage(s)', { eval: true });
worker.on('message', (sum) => {
  console.log('worker', sum);
  console.log(require('zlib').gzipSync(Buffer.alloc(100000)).length);
  require('crypto').pbkdf2('a', 'b', 1000, 64, 'sha512', () => { console.log('done'); process.exit(3); });
});
