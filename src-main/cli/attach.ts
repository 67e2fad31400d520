import { ACK_EVERY_BYTES, encodeFrame, parseTerminalFrame, type TerminalFrame } from '#contract/terminalFrames.ts';
import type { WebSocket } from 'ws';
import { openSocket, type BackendClient } from './backendClient.ts';

const CHANNEL_ID = 1;
/** Ctrl-], as telnet has it. */
const LEAVE_KEY = 0x1d;

/** Connects this terminal to one of the backend's until its program ends, the connection breaks or Ctrl-] is pressed. */
export async function attach(socketPath: string, terminalId: string, client: BackendClient): Promise<void> {
  const socket = await openSocket(socketPath, '/frames');
  if (socket === null) throw new Error('The backend does not answer.');
  const { columns, rows } = process.stdout.isTTY ? process.stdout : { columns: 120, rows: 30 };
  const ended = Promise.withResolvers<string>();
  receiveOutput(socket, ended.resolve);
  socket.send(encodeFrame({ kind: 'attach', channelId: CHANNEL_ID, payload: { terminalId, columns, rows } }));
  const stopInput = sendInput(socket, ended.resolve);
  const resize = (): void => {
    const size = { columns: process.stdout.columns, rows: process.stdout.rows };
    client.terminals.resize({ terminal: terminalId, ...size }).catch((error: unknown) => { ended.resolve(String(error)); });
  };
  if (process.stdout.isTTY) { resize(); process.stdout.on('resize', resize); }
  const reason = await ended.promise;
  process.stdout.off('resize', resize);
  stopInput();
  socket.close();
  process.stderr.write(`\r\n[${reason}]\r\n`);
}

function receiveOutput(socket: WebSocket, end: (reason: string) => void): void {
  let unacknowledgedBytes = 0;
  socket.on('message', (message: ArrayBuffer) => {
    const frame = parseTerminalFrame(new Uint8Array(message));
    if (frame.kind === 'exit' || frame.kind === 'closed') { end(toReason(frame)); return; }
    if (frame.kind === 'attached') return;
    process.stdout.write(frame.bytes, () => {
      unacknowledgedBytes += frame.bytes.length;
      if (unacknowledgedBytes < ACK_EVERY_BYTES) return;
      socket.send(encodeFrame({ kind: 'ack', channelId: CHANNEL_ID, processedBytes: unacknowledgedBytes }));
      unacknowledgedBytes = 0;
    });
  });
  socket.on('close', () => { end('the connection to the backend ended; the program goes on'); });
}

function toReason(frame: Extract<TerminalFrame, { kind: 'exit' | 'closed' }>): string {
  if (frame.kind === 'closed') return `the terminal closed: ${frame.payload.reason}`;
  const { exitCode, signal } = frame.payload;
  return signal === null || signal === 0 ? `ended with exit code ${String(exitCode)}` : `ended by signal ${signal}`;
}

function sendInput(socket: WebSocket, end: (reason: string) => void): () => void {
  const { stdin } = process;
  const forward = (bytes: Buffer): void => {
    if (bytes.length === 1 && bytes[0] === LEAVE_KEY) { end('left; the program goes on'); return; }
    socket.send(encodeFrame({ kind: 'input', channelId: CHANNEL_ID, bytes }));
  };
  if (stdin.isTTY) stdin.setRawMode(true);
  stdin.on('data', forward);
  stdin.resume();
  return () => {
    stdin.off('data', forward);
    if (stdin.isTTY) stdin.setRawMode(false);
    stdin.pause();
  };
}
