/**
 * Makes native code wait until its text is read. llama.cpp writes its log to stderr by itself; Node has made that a pipe that
 * does not wait, and what does not fit into it while the parent is busy would be lost: the sizes of its buffers among it.
 */
export function waitForReader(stream: NodeJS.WriteStream): void {
  const { _handle: handle } = stream as { readonly _handle?: { setBlocking?: (isBlocking: boolean) => void } };
  handle?.setBlocking?.(true);
}
