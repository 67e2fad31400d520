export { BlueprintLibrary } from './blueprintLibrary.ts';
export { parseBlueprint, type ParsedBlueprint } from './blueprintParser.ts';
export { BlueprintService } from './blueprintService.ts';
export { createDefaultHeader } from './headerDefaults.ts';
export { printBlueprintHeader } from './headerPrinter.ts';
