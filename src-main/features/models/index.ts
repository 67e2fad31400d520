export { groupHubFiles, type FileGroup, type FileGroups } from './hub/fileGroups.ts';
export { HubService, type HubServiceDeps } from './hub/hubService.ts';
export { createLocalModels, type LocalModels } from './hub/localModels.ts';
export { estimateBySize, type ChoiceFit, type FitEstimate, type MemoryBudget } from './hub/sizeEstimate.ts';
