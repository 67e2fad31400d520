export { TerminalService, type ShellPlace } from './terminalService.ts';
