export { WorkstationSampler } from './workstationSampler.ts';
