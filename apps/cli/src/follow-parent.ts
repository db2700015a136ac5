// Preloaded (`node --import`) into the service's processes and, through inherited flags, into theirs: where the
// parent is gone for any reason, even kill -9, the process ends itself the way SIGTERM ends it. The parent's id is
// polled because a listener on the IPC channel would keep a finished process alive.

const pollMs = 500;
/** How long the process may take to stop by itself, ms; longer than the API's own patience. */
const graceMs = 25_000;

// Whoever started this process may be gone before it gets here. Its own children have another parent.
const parent = Number(process.env.RETUNE_PARENT ?? process.ppid);
delete process.env.RETUNE_PARENT;
const timer = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(timer);
  process.kill(process.pid, 'SIGTERM');
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), graceMs).unref();
}, pollMs);
timer.unref();
