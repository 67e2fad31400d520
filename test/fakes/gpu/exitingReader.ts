// A backend in small: reads once, then, when told to, begins another reading and exits while it is under way.
import { systemClock } from '../../../src-main/base/clock.ts';
import { silentLog } from '../../../src-main/base/logger.ts';
import { NvmlGpuProbe } from '../../../src-main/platform/gpu/nvmlGpuProbe.ts';

const probe = new NvmlGpuProbe({ clock: systemClock, log: silentLog, library: process.argv[2], startTimeoutMs: 20_000, timeoutMs: 300 });
process.on('message', () => {
  const exit = (): void => { process.exit(0); };
  probe.read().then(exit, exit);
});
await probe.read();
process.send?.('ready');
