export { RunUsageSampler } from './runUsageSampler.ts';
export { WorkstationSampler } from './workstationSampler.ts';
