/** Loaded into a measured server before its program: answers its parent how much CPU time it has used, in µs. */

process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send!(user + system);
});
// The question alone must not keep a server alive that was told to stop.
process.channel?.unref();
