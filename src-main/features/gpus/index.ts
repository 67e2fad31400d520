export { GpuSampler } from './gpuSampler.ts';
