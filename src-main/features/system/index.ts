export { EventLoopMonitor } from './eventLoopMonitor.ts';
export { SystemService, type StopRequest } from './systemService.ts';
export type { MachineFacts } from './doctorPolicy.ts';
