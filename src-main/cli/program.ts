import type { Command } from 'commander';
import { addBlueprintCommands } from './blueprintCommands.ts';
import { addChatCommand } from './chatCommand.ts';
import { addGpuCommands } from './gpuCommands.ts';
import { addInstanceCommands } from './instanceCommands.ts';
import { addModelCommands } from './modelCommands.ts';
import { addServingCommands } from './servingCommands.ts';
import { addSystemCommands } from './systemCommands.ts';

/** The whole command line. `serve` is taken by the entry script, which runs the headless shell itself. */
export function createProgram(program: Command): Command {
  program
    .name('wheelhouse')
    .description('Every local AI workload of one workstation, from the command line.')
    .option('--home <folder>', 'data folder (else WHEELHOUSE_HOME, else the platform\'s own)')
    .option('--json', 'print JSON')
    .showHelpAfterError()
    .configureHelp({ showGlobalOptions: true });
  addSystemCommands(program);
  addBlueprintCommands(program);
  addInstanceCommands(program);
  addGpuCommands(program);
  addModelCommands(program);
  addServingCommands(program);
  addChatCommand(program);
  shareOptions(program);
  return program;
}

/** Lets --home and --json stand after any command as well as before it. */
function shareOptions(parent: Command): void {
  for (const command of parent.commands) {
    command.option('--home <folder>', 'data folder').option('--json', 'print JSON');
    shareOptions(command);
  }
}
