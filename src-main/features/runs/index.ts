export { classifyExit, type ExitVerdict } from './exitCausePolicy.ts';
export { LogFollower } from './logFollower.ts';
export { toPlainText } from './logText.ts';
export { readLogTail } from './logFiles.ts';
export { RunRepository } from './runRepository.ts';
export { RunService, type RunStart } from './runService.ts';
