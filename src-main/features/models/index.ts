export { groupHubFiles, type FileGroup, type FileGroups } from './hub/fileGroups.ts';
export { HubService, type HubServiceDeps, type LocalModels } from './hub/hubService.ts';
export { estimateBySize, type ChoiceFit, type FitEstimate, type MemoryBudget } from './hub/sizeEstimate.ts';
